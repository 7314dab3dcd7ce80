import { expect, test } from "vitest";
import { AppliedFeed } from "../../../src/daemon/applied.ts";

const never = new AbortController().signal;

test("a wait ends with the frame that showed the revision first", async () => {
	const feed = new AppliedFeed();
	const wait = feed.wait(["main", "left"], 7, never);
	feed.report("main", 6, 100);
	feed.report("main", 8, 110);
	feed.report("main", 9, 120);
	feed.report("left", 7, 50);
	expect(await wait).toEqual({ main: 110, left: 50 });
});

test("what shows already is not waited for", async () => {
	const feed = new AppliedFeed();
	feed.report("main", 7, 10);
	expect(await feed.wait(["main"], 7, never)).toEqual({ main: 10 });
	expect(await feed.wait([], 99, never)).toEqual({});
});

test("a wait that is given up says what it knows", async () => {
	const feed = new AppliedFeed();
	const abort = new AbortController();
	const wait = feed.wait(["main", "left"], 7, abort.signal);
	feed.report("left", 7, 5);
	abort.abort();
	expect(await wait).toEqual({ left: 5 });
});

test("a session that is taken away is not waited for", async () => {
	const feed = new AppliedFeed();
	const wait = feed.wait(["main"], 7, never);
	feed.forget("main");
	expect(await wait).toEqual({});
});
