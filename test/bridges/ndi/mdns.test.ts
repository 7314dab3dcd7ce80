import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { peer } from "../../peers.ts";
import { fresh, library } from "./stage.ts";

const APART = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
const has = (["avahi-daemon", "dbus-daemon", "ip", "unshare"] as const).every((name) => peer(name) !== undefined);
/** Only the superuser may, and not in every container. */
const unshare = String(peer("unshare"));
const mayPart = has && spawnSync(unshare, [...APART, "true"]).status === 0;

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test.skipIf(!library || !mayPart)(
	"by mDNS all programs of a machine find one another (skipped unless a network of its own may be made)",
	async () => {
		const folder = mkdtempSync(join(tmpdir(), "mutoscope-mdns-"));
		try {
			const names = [fresh("Bühne"), fresh("two"), fresh("three")];
			const child = [process.execPath, "--conditions=mutoscope:source", path("mdns.child.ts"), ...names];
			const env = { ...process.env, NDI_TEST_MDNS: "yes" };
			const { stdout } = await promisify(execFile)(unshare, [...APART, path("mdns.sh"), folder, ...child], { env });
			const { sources, choices } = JSON.parse(stdout) as Record<"sources" | "choices", string[]>;
			for (const found of [sources, choices]) {
				expect(found.map((name) => names.find((one) => name.endsWith(`(${one})`))).sort()).toEqual(names.toSorted());
			}
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
);
