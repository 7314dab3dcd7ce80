/** Well-known patterns of Conway's Life: `O` lives. */
export const PATTERNS = {
	gliders: [".O.", "..O", "OOO"],
	"r-pentomino": [".OO", "OO.", ".O."],
	acorn: [".O.....", "...O...", "OO..OOO"],
	/** R. W. Gosper, 1970: fires a glider every 30 generations. */
	"gosper-guns": [
		"........................O...........",
		"......................O.O...........",
		"............OO......OO............OO",
		"...........O...O....OO............OO",
		"OO........O.....O...OO..............",
		"OO........O...O.OO....O.O...........",
		"..........O.....O.......O...........",
		"...........O...O....................",
		"............OO......................",
	],
	/** N. Johnston's collection of replicators; in HighLife it copies itself every 12 generations. */
	replicator: ["..OOO", ".O..O", "O...O", "O..O.", "OOO.."],
} as const satisfies Record<string, readonly string[]>;

/** The name of a pattern. */
export type PatternName = keyof typeof PATTERNS;
