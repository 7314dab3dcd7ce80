import { useSignal } from "@preact/signals";
import type { Rest } from "../rest.ts";

/** Asks for a token, where the browser was not signed in by a link. */
export function SignIn({ rest, done }: { rest: Rest; done: () => void }) {
	const failure = useSignal("");
	const enter = async (token: string) => {
		try {
			await rest.post("/login", { token });
			done();
		} catch (error) {
			failure.value = (error as Error).message;
		}
	};
	return (
		<main class="sign-in">
			<form
				onSubmit={(event) => {
					event.preventDefault();
					const field = event.currentTarget.elements.namedItem("token") as HTMLInputElement;
					enter(field.value.trim()).catch(() => {}); // enter shows what failed
				}}
			>
				<h1>
					<img src="/icon.svg" alt="" width="40" height="40" />
					Mutoscope
				</h1>
				<p>
					Open the link that the daemon printed when it started, or enter a token. <code>mutoscope token</code> shows
					it.
				</p>
				<label class="text">
					<span class="name">Token</span>
					<input name="token" type="password" required autocomplete="current-password" />
				</label>
				<button type="submit" class="main">
					Sign in
				</button>
				<p role="alert" class="failure">
					{failure}
				</p>
			</form>
		</main>
	);
}
