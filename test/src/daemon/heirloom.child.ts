import { Frame } from "../../../src/media/frame.ts";
import { Ring, RingWriter } from "../../../src/media/ring.ts";

const ring = Ring.create(process.argv[2] as string);
RingWriter.attach(ring.name).write(new Frame({ width: 2, height: 1 }, Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255)));
process.send?.("written");
setInterval(() => {}, 1000);
