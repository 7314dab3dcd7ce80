import { disposeAll } from "../../base/dispose.ts";
import { MutoscopeError } from "../../base/errors.ts";
import { AllowList } from "./allow.ts";
import { type OscContext, type OscCounts, OscIntake } from "./intake.ts";
import { OscTcp } from "./tcp.ts";
import { OscUdp } from "./udp.ts";

/** Where to listen for OSC, and to whom. */
export interface OscServerOptions extends OscContext {
	/** Address to listen on: `127.0.0.1` for this machine only. */
	readonly host: string;
	/** Ports for datagrams; 0 is any that is free. */
	readonly udp: readonly number[];
	/** Ports for connections. */
	readonly tcp: readonly number[];
	/** Machines besides this one that may send, as addresses or subnets. */
	readonly allow?: readonly string[];
}

/** Control by OSC, over UDP and TCP. */
export class OscServer implements AsyncDisposable {
	readonly #intake: OscIntake;
	readonly #listening: readonly (OscUdp | OscTcp)[];

	private constructor(intake: OscIntake, listening: readonly (OscUdp | OscTcp)[]) {
		this.#intake = intake;
		this.#listening = listening;
	}

	/** Listens on every port, or on none: throws `server/port-taken`. */
	static async open(options: OscServerOptions): Promise<OscServer> {
		const { host, udp, tcp } = options;
		const allow = new AllowList(options.allow);
		const intake = new OscIntake(options);
		const listening: (OscUdp | OscTcp)[] = [];
		const open = async (port: number, start: () => Promise<OscUdp | OscTcp>) => {
			try {
				listening.push(await start());
			} catch (error) {
				await disposeAll([intake, ...listening]);
				const { code } = error as NodeJS.ErrnoException;
				throw code === "EADDRINUSE" ? new MutoscopeError("server/port-taken", { port }, { cause: error }) : error;
			}
		};
		for (const port of udp) await open(port, () => OscUdp.open(host, port, intake, allow));
		for (const port of tcp) await open(port, () => OscTcp.open(host, port, intake, allow));
		return new OscServer(intake, listening);
	}

	/** What takes packets, wherever they come from: WebSockets hand theirs to it too. */
	get intake(): OscIntake {
		return this.#intake;
	}

	/** The ports it listens on. */
	get ports(): { readonly udp: readonly number[]; readonly tcp: readonly number[] } {
		const of = (kind: typeof OscUdp | typeof OscTcp) =>
			this.#listening.filter((one) => one instanceof kind).map(({ port }) => port);
		return { udp: of(OscUdp), tcp: of(OscTcp) };
	}

	/** What came in since the start; `strangers` counts what was turned away unread. */
	get counts(): Readonly<OscCounts> & { readonly strangers: number } {
		return { ...this.#intake.counts, strangers: this.#listening.reduce((sum, { strangers }) => sum + strangers, 0) };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await disposeAll([this.#intake, ...this.#listening]);
	}
}
