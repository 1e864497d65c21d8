import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Measured in a process of its own: heap and buffers after a full collection. */
describe('memory', () => {
  it('10,000 objects with 64 KiB that the transform drops take less than 60 MB, the raw text is let go', async function () {
    this.timeout(120_000);
    const child = spawn(
      process.execPath,
      ['--expose-gc', fileURLToPath(new URL('./memoryChild.ts', import.meta.url))],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) text += chunk;
    const { objects, heldMiB, peakMiB } = JSON.parse(text) as { objects: number; heldMiB: number; peakMiB: number };
    assert.equal(objects, 10_000);
    assert(heldMiB < 60, `${heldMiB} MiB are held`);
    assert(peakMiB < 400, `the peak was ${peakMiB} MiB`);
  });
});
