import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Role } from "../control/context.ts";
import { Links } from "./links.ts";

/** What someone may do, from least to most: look, play, own the machine's files and guests. */
export const ROLES = ["viewer", "operator", "admin"] as const satisfies readonly Role[];

const DAY = 24 * 60 * 60;

/** Seconds that a cookie lasts; pages renew it. */
export const COOKIE_SECONDS = 180 * DAY;

/**
 * Who holds which role. Everything is derived from the admin token, so that only one secret is stored, a daemon that was
 * restarted knows its browsers again, and a new admin token ends every older right.
 */
export class Tokens {
	/** Steers shows. */
	readonly operator: string;
	/** Looks at them. */
	readonly viewer: string;
	/** Those who look by a link that can be withdrawn: an OBS browser source. */
	readonly links: Links;
	readonly #secret: string;
	readonly #now: () => number;
	readonly #known: readonly (readonly [Role, Buffer])[];
	readonly #logins = new Map<string, { readonly role: Role; readonly until: number }>();

	/** `secret`: the admin token. `now`: Unix time in seconds. Throws `TypeError` for a secret that can be guessed. */
	constructor(secret: string, now: () => number = () => Date.now() / 1000, links: Links = new Links()) {
		if (secret.length < 16) throw new TypeError("the admin token is shorter than 16 characters");
		this.#secret = secret;
		this.#now = now;
		this.links = links;
		this.operator = this.#mac("token operator");
		this.viewer = this.#mac("token viewer");
		this.#known = [
			["admin", this.#digest(secret)],
			["operator", this.#digest(this.operator)],
			["viewer", this.#digest(this.viewer)],
		];
	}

	/** The role of a token. Takes the same time for every wrong one. */
	roleOf(token: string): Role | undefined {
		const digest = this.#digest(token);
		let found: Role | undefined;
		for (const [role, known] of this.#known) if (timingSafeEqual(digest, known)) found = role;
		return this.linkOf(token) === undefined ? found : "viewer";
	}

	/** The token of a link. */
	link(id: string): string {
		const claim = `${id}.${this.links.serial(id)}`;
		return `${claim}.${this.#mac(`link ${claim}`)}`;
	}

	/** The id of the link whose token this is, while it may be used. */
	linkOf(token: string): string | undefined {
		const [id = "", serial = "", mac = ""] = token.split(".");
		const isOurs = timingSafeEqual(this.#digest(mac), this.#digest(this.#mac(`link ${id}.${serial}`)));
		return isOurs && String(this.links.serial(id)) === serial ? id : undefined;
	}

	/** A key that signs one browser in, once, within `seconds`. */
	login(role: Role, seconds = 600): string {
		for (const [key, { until }] of this.#logins) if (until <= this.#now()) this.#logins.delete(key);
		const key = randomBytes(24).toString("base64url");
		this.#logins.set(this.#mac(`login ${key}`), { role, until: this.#now() + seconds });
		return key;
	}

	/** The role that a login key gives; the key is used up. */
	redeem(key: string): Role | undefined {
		const name = this.#mac(`login ${key}`);
		const login = this.#logins.get(name);
		this.#logins.delete(name);
		return login && login.until > this.#now() ? login.role : undefined;
	}

	/** The value of a cookie that gives `role`, as long as the `link` that it came by may be used. */
	cookie(role: Role, link?: string): string {
		const by = link === undefined ? "" : `.${link}.${this.links.serial(link)}`;
		const claim = `${role}.${Math.floor(this.#now()) + COOKIE_SECONDS}${by}`;
		return `${claim}.${this.#mac(`cookie ${claim}`)}`;
	}

	/** The id of the link that a cookie came by; to be asked only of one that gives a role. */
	linkOfCookie(value: string): string | undefined {
		const [, , link, , mac] = value.split(".");
		return mac === undefined ? undefined : link;
	}

	/** The role that a cookie gives. */
	roleOfCookie(value: string): Role | undefined {
		const end = value.lastIndexOf(".");
		const [role = "", until = "", link, serial] = value.slice(0, end).split(".");
		const real = this.#digest(this.#mac(`cookie ${value.slice(0, end)}`));
		if (!timingSafeEqual(this.#digest(value.slice(end + 1)), real) || !(Number(until) > this.#now())) return undefined;
		if (link !== undefined && String(this.links.serial(link)) !== serial) return undefined;
		return ROLES.find((known) => known === role);
	}

	#mac(purpose: string): string {
		return createHmac("sha256", this.#secret).update(`mutoscope ${purpose}`).digest("base64url");
	}

	/** Equal length for whatever was sent, so that comparing takes the same time. */
	#digest(text: string): Buffer {
		return createHmac("sha256", this.#secret).update(text).digest();
	}
}
