/**
 * Reads pickles without running them: plain values come out as plain values, and a class or function is a name that the
 * reader's owner may know. What it does not know is refused.
 *
 * CPython, Lib/pickletools.py, describes every opcode; those of protocols 0 to 5 that plain data needs are here.
 *
 * @module
 */
import { PickledName, PickleError, type PickleHost } from "./pickle-host.ts";
import { PickleMachine } from "./pickle-machine.ts";

const STOP = 0x2e;
/** More than any list of weights needs: a state of 50,000 tensors has half of these. */
const MOST_STEPS = 4_000_000;

/** One pickle in `bytes`, from `at` on. Throws `PickleError`. */
export function readPickle(bytes: Buffer, host: PickleHost, at = 0): { readonly value: unknown; readonly end: number } {
	const machine = new PickleMachine(bytes, host, at);
	for (let step = 0; step < MOST_STEPS; step++) {
		const opcode = machine.uint(1);
		if (opcode === STOP) return { value: machine.pop(), end: machine.at };
		const act = ACTS[opcode];
		if (!act) throw new PickleError(`it does something at byte ${machine.at - 1} that plain data does not need`);
		act(machine);
	}
	throw new PickleError("it does not come to an end");
}

type Act = (m: PickleMachine) => void;

const latin = (m: PickleMachine, length: number): void => m.push(m.take(length).toString("latin1"));
const utf8 = (m: PickleMachine, length: number): void => m.push(m.take(length).toString());
const list: Act = (m) => m.pushNew(m.popMarked());
const tuple = (length: number): Act => {
	return (m) => m.pushNew(Array.from({ length }, () => m.pop()).reverse());
};

const ACTS: readonly (Act | undefined)[] = Object.assign<(Act | undefined)[], Record<number, Act>>([], {
	128: (m) => {
		if (m.uint(1) > 5) throw new PickleError("it is of a protocol after 5");
	}, // PROTO
	149: (m) => void m.take(8), // FRAME
	40: (m) => m.mark(), // MARK
	48: (m) => void m.pop(), // POP
	49: (m) => void m.popMarked(), // POP_MARK
	50: (m) => m.push(m.top()), // DUP
	78: (m) => m.push(null), // NONE
	136: (m) => m.push(true), // NEWTRUE
	137: (m) => m.push(false), // NEWFALSE
	73: (m) => m.push(m.decimal()), // INT
	76: (m) => m.push(m.decimal()), // LONG
	74: (m) => m.push(m.take(4).readInt32LE()), // BININT
	75: (m) => m.push(m.uint(1)), // BININT1
	77: (m) => m.push(m.uint(2)), // BININT2
	138: (m) => m.push(m.long(m.uint(1))), // LONG1
	139: (m) => m.push(m.long(m.uint(4))), // LONG4
	70: (m) => m.push(Number(m.line())), // FLOAT
	71: (m) => m.push(m.take(8).readDoubleBE()), // BINFLOAT
	83: (m) => m.push(m.line().slice(1, -1)), // STRING
	86: (m) => m.push(m.line()), // UNICODE
	85: (m) => latin(m, m.uint(1)), // SHORT_BINSTRING
	84: (m) => latin(m, m.uint(4)), // BINSTRING
	67: (m) => latin(m, m.uint(1)), // SHORT_BINBYTES
	66: (m) => latin(m, m.uint(4)), // BINBYTES
	142: (m) => latin(m, m.size()), // BINBYTES8
	150: (m) => latin(m, m.size()), // BYTEARRAY8
	140: (m) => utf8(m, m.uint(1)), // SHORT_BINUNICODE
	88: (m) => utf8(m, m.uint(4)), // BINUNICODE
	141: (m) => utf8(m, m.size()), // BINUNICODE8
	93: (m) => m.pushNew([]), // EMPTY_LIST
	41: (m) => m.pushNew([]), // EMPTY_TUPLE
	143: (m) => m.pushNew([]), // EMPTY_SET
	108: list, // LIST
	116: list, // TUPLE
	145: list, // FROZENSET
	133: tuple(1), // TUPLE1
	134: tuple(2), // TUPLE2
	135: tuple(3), // TUPLE3
	97: (m) => {
		const value = m.pop();
		m.append([value]);
	}, // APPEND
	101: (m) => m.append(m.popMarked()), // APPENDS
	144: (m) => m.append(m.popMarked()), // ADDITEMS
	125: (m) => m.pushNew(new Map()), // EMPTY_DICT
	100: (m) => {
		const pairs = m.popMarked();
		m.pushNew(new Map());
		m.set(pairs);
	}, // DICT
	115: (m) => {
		const value = m.pop();
		m.set([m.pop(), value]);
	}, // SETITEM
	117: (m) => m.set(m.popMarked()), // SETITEMS
	99: (m) => {
		const module = m.line();
		m.pushNew(new PickledName(`${module}.${m.line()}`));
	}, // GLOBAL
	147: (m) => {
		const name = m.popText();
		m.pushNew(new PickledName(`${m.popText()}.${name}`));
	}, // STACK_GLOBAL
	82: (m) => m.call(), // REDUCE
	129: (m) => m.call(), // NEWOBJ
	98: (m) => m.build(), // BUILD
	112: (m) => m.keep(Number(m.line())), // PUT
	113: (m) => m.keep(m.uint(1)), // BINPUT
	114: (m) => m.keep(m.uint(4)), // LONG_BINPUT
	148: (m) => m.keep(), // MEMOIZE
	103: (m) => m.recall(Number(m.line())), // GET
	104: (m) => m.recall(m.uint(1)), // BINGET
	106: (m) => m.recall(m.uint(4)), // LONG_BINGET
	81: (m) => m.persist(), // BINPERSID
});
