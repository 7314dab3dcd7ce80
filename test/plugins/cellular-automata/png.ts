import { crc32, deflateSync } from "node:zlib";
import type { Size } from "../../../src/base/geometry.ts";

function chunk(type: string, body: Uint8Array): Buffer {
	const out = Buffer.alloc(12 + body.length);
	out.writeUInt32BE(body.length);
	out.write(type, 4, "latin1");
	out.set(body, 8);
	out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
	return out;
}

/** RGBA pixels as a PNG file (RGB, each row as the difference to the one above). */
export function pngOf({ width, height }: Size, pixels: Uint8Array): Buffer {
	const raw = new Uint8Array(height * (width * 3 + 1));
	for (let y = 0, to = 0; y < height; y++) {
		raw[to++] = 2;
		for (let i = y * width * 4; i < (y + 1) * width * 4; i++) {
			if (i % 4 === 3) continue;
			raw[to++] = (pixels[i] as number) - (y > 0 ? (pixels[i - width * 4] as number) : 0);
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width);
	header.writeUInt32BE(height, 4);
	header.set([8, 2], 8);
	const magic = Buffer.from("89504e470d0a1a0a", "hex");
	const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(raw, { level: 9 })), chunk("IEND", Buffer.alloc(0))];
	return Buffer.concat([magic, ...parts]);
}
