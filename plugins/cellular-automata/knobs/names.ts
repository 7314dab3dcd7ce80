/** The keys of a table, for a choice among them. */
export function names<T extends object>(table: T): [keyof T & string, ...(keyof T & string)[]] {
	return Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
}
