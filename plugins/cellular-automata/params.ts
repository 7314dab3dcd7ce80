import * as z from "zod";
import { colour, picture } from "./knobs/look.ts";
import { seeding, stirring } from "./knobs/seeds.ts";
import { system, systems } from "./knobs/systems.ts";

/** The knobs of the cellular automata. */
export const params = z.object({ ...system, ...systems, ...seeding, ...stirring, ...colour, ...picture });

/** Their values. */
export type Params = z.output<typeof params>;
