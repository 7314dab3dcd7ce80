/** Who may import whom, bottom to top. A floor may import itself and the floors named after it. */
const FLOORS = {
	base: [],
	params: ["base"],
	protocol: ["base", "params"],
	media: ["base"],
	inference: ["base", "media"],
	contract: ["base", "params", "media"],
	artifacts: ["base", "params", "protocol", "contract"],
	session: ["base", "params", "media", "contract"],
	host: ["base", "params", "protocol", "media", "contract", "artifacts", "session"],
	testing: ["base", "params", "media", "contract"],
	control: ["base", "params", "protocol"],
	server: ["base", "params", "protocol", "control"],
	client: ["base", "params", "protocol"],
	ui: ["base", "client"],
	daemon: ["base", "params", "protocol", "media", "contract", "artifacts", "session", "host", "control", "server"],
};
/** Files beside the floors that the daemon's own may use. */
const ROOT = { daemon: "config|storage|log" };
const guests = "^(bridges|pipelines|plugins)/";
const doors = "^src/(sdk|inference/index|testing/index|client/index)\\.ts$";

export default {
	forbidden: [
		{ name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
		{ name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
		{ name: "base-is-pure", severity: "error", from: { path: "^src/base/" }, to: { dependencyTypes: ["core", "npm"] } },
		{
			name: "client-runs-in-a-browser",
			severity: "error",
			from: { path: "^src/(client|ui|protocol|params)/", pathNot: "vite[.]config" },
			to: { dependencyTypes: ["core"] },
		},
		...Object.entries(FLOORS).map(([floor, below]) => ({
			name: `${floor}-stays-on-its-floor`,
			severity: "error",
			from: { path: `^src/${floor}/` },
			to: {
				path: `^src/|${guests}`,
				pathNot: `^src/((${[floor, ...below].join("|")})/|(${ROOT[floor] ?? "-"})\\.ts$)`,
			},
		})),
		{
			name: "guests-use-the-front-door",
			severity: "error",
			from: { path: "^(bridges|pipelines|plugins)/([^/]+)/" },
			to: { path: `^src/|${guests}`, pathNot: `^$1/$2/|${doors}` },
		},
		{
			name: "only-the-commands-look-up",
			severity: "error",
			from: { path: "^src/", pathNot: "^src/commands\\.ts$" },
			to: { path: guests },
		},
	],
	options: {
		doNotFollow: { path: "node_modules" },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: "tsconfig.json" },
		enhancedResolveOptions: {
			exportsFields: ["exports"],
			conditionNames: ["mutoscope:source", "import", "types", "default"],
		},
	},
};
