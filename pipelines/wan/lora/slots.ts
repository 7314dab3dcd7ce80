/** A slot of the panel. */
export interface LoraSlot {
	readonly name: string;
	readonly scale: number;
	readonly enabled: boolean;
}

/** The slots that name an adapter and are on. */
export function wantedLoras(slots: readonly LoraSlot[]): readonly LoraSlot[] {
	return slots.filter(({ name, enabled }) => name !== "" && enabled);
}
