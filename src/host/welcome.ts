/**
 * Loaded before the tests of a plugin's folder, so that `mutoscope/…` leads to this very program there.
 *
 * @module
 */
import { welcomeStrangers } from "./stranger.ts";

welcomeStrangers();
