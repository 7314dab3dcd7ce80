import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeAtomic } from "../storage.ts";

/** The admin token of a state folder, made at the first start; mode 0600. Throws `storage/failed`. */
export async function adminToken(folder: string): Promise<string> {
	const path = join(folder, "token");
	try {
		const token = readFileSync(path, "utf8").trim();
		if (token.length >= 16) return token;
	} catch {} // none was made yet
	const token = randomBytes(32).toString("base64url");
	await writeAtomic(path, `${token}\n`);
	return token;
}
