import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useShow } from "../show.ts";
import { Given } from "./given.tsx";

interface Addresses {
	readonly view: string;
	readonly mjpeg: string;
	readonly still: string;
	readonly whep: string;
	readonly whip: { readonly url: string; readonly token: string };
}

/** Addresses to paste into OBS and others. They hold tokens, so they are not shown, only copied. */
export function Links({ session }: { session: string }) {
	const show = useShow();
	const addresses = useSignal<Addresses | undefined>(undefined);
	const { state } = show.connection.value;
	const read = () => {
		const path = `/sessions/${encodeURIComponent(session)}/links`;
		show.rest.get<Addresses>(path).then(
			(found) => {
				addresses.value = found;
			},
			() => {
				addresses.value = undefined; // a viewer may not have them
			},
		);
	};
	useEffect(() => {
		if (state === "open") read();
	}, [session, state]);
	const { view, whep, whip, mjpeg, still } = addresses.value ?? {};
	return (
		<>
			<ul class="links">
				<Link name="OBS browser source" address={view} open />
				<Link name="WHEP player" address={whep} />
				<Link name="WHIP in, from OBS" address={whip?.url} />
				<Link name="WHIP bearer token" address={whip?.token} />
				<Link name="Motion JPEG" address={mjpeg} />
				<Link name="Still" address={still} />
			</ul>
			{show.client.role === "admin" && <Given session={session} changed={read} />}
		</>
	);
}

function Link({ name, address, open = false }: { name: string; address: string | undefined; open?: boolean }) {
	const show = useShow();
	const copied = useSignal(false);
	const copy = async () => {
		await writeClipboard(address ?? "");
		copied.value = true;
		setTimeout(() => {
			copied.value = false;
		}, 1500);
	};
	return (
		<li>
			<span>{name}</span>
			{open && address && (
				<a class="button quiet" href={address} target="_blank" rel="noreferrer">
					Open
				</a>
			)}
			<button
				type="button"
				class="quiet"
				disabled={address === undefined}
				aria-label={`Copy: ${name}`}
				onClick={() => show.attempt(copy())}
			>
				{copied.value ? "Copied" : "Copy"}
			</button>
		</li>
	);
}

/** Copies, also where the page is not on this machine and has no clipboard of its own. */
async function writeClipboard(text: string): Promise<void> {
	if (navigator.clipboard) return navigator.clipboard.writeText(text);
	const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "away" });
	document.body.append(field);
	field.select();
	const worked = document.execCommand("copy");
	field.remove();
	if (!worked) throw new Error("The browser did not allow copying.");
	return undefined;
}
