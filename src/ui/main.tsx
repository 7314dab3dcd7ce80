import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { connect } from "../client/index.ts";
import { stayAwake } from "./awake.ts";
import { Page } from "./page.tsx";
import { SignIn } from "./panels/sign-in.tsx";
import { Rest } from "./rest.ts";
import { Show, ShowContext } from "./show.ts";

const base = location.origin;

/** The page, or the way in. */
function Door() {
	const rest = useMemo(() => new Rest(base), []);
	const isIn = useSignal<boolean | undefined>(undefined);
	useEffect(() => {
		// Without an answer the page is shown: it says itself that the daemon is away, and finds it again.
		rest.get<{ role: string | null }>("/me").then(
			({ role }) => {
				isIn.value = role !== null;
			},
			() => {
				isIn.value = true;
			},
		);
	}, []);
	if (isIn.value === undefined) return null;
	if (!isIn.value) return <SignIn rest={rest} done={() => location.reload()} />;
	return (
		<Inside
			out={() => {
				isIn.value = false;
			}}
		/>
	);
}

/** The page itself. `out`: the browser is no longer signed in. */
function Inside({ out }: { out: () => void }) {
	const show = useMemo(() => new Show(connect(base, { name: "page", status: true }), base), []);
	useEffect(
		() =>
			show.connection.subscribe(({ state }) => {
				if (state !== "lost" && state !== "refused") return;
				// A browser is not told why a WebSocket was refused; this tells whether it was for want of a cookie.
				show.rest.get<{ role: string | null }>("/me").then(
					({ role }) => {
						if (role === null) out();
					},
					() => {}, // nobody answers: the banner says so
				);
			}),
		[],
	);
	return (
		<ShowContext.Provider value={show}>
			<Page />
		</ShowContext.Provider>
	);
}

stayAwake();
render(<Door />, document.body);
