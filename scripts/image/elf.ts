/**
 * A 64-bit little-endian ELF program without what only debuggers and linkers read: symbols, names and section headers, all that
 * stands behind what is loaded. The same input gives the same bytes, whatever binutils a machine has. Source: the generic System V ABI,
 * chapters 4 and 5.
 */
export function withoutSymbols(elf: Buffer): Buffer {
  if (elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2 || elf[5] !== 1) {
    throw new Error('withoutSymbols: this is no 64-bit little-endian ELF file');
  }
  const headers = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const count = elf.readUInt16LE(0x38);
  let end = headers + size * count;
  for (let i = 0; i < count; i++) {
    const at = headers + i * size;
    const offset = Number(elf.readBigUInt64LE(at + 0x08));
    const inFile = Number(elf.readBigUInt64LE(at + 0x20));
    end = Math.max(end, offset + inFile);
  }
  const stripped = Buffer.from(elf.subarray(0, end));
  // No section headers: where they are, how many, and which has their names.
  stripped.writeBigUInt64LE(0n, 0x28);
  stripped.writeUInt16LE(0, 0x3c);
  stripped.writeUInt16LE(0, 0x3e);
  return stripped;
}
