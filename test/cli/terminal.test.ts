import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeControl, escapeJson, escapeLine } from '../../cli/terminal/escape.ts';
import { createLiveArea } from '../../cli/terminal/liveArea.ts';
import { textWidth, truncate, wrap } from '../../cli/terminal/width.ts';
import { createTerminal } from './support/terminal.ts';

describe('text of unknown origin', () => {
  it('cannot move the cursor, recolour, reorder or break the line', () => {
    assert.equal(
      escapeControl('a\u001b[31mred\r\nnext\u009b2J\u202eevil\u2028x\u0007\u007f'),
      'a\\u001b[31mred\nnext\\u009b2J\\u202eevil\\u2028x\\u0007\\u007f',
    );
    assert.equal(escapeLine('  one\n\ttwo  three\r'), 'one⏎ two three');
  });

  it('keeps what people write: accents, emoji with joiners, other scripts', () => {
    const text = 'Grüße, 東京, 👩‍👩‍👧, नमस्ते, שלום';
    assert.equal(escapeControl(text), text);
  });

  it('never leaves a control character, whatever comes (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        assert.doesNotMatch(escapeControl(text), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
        assert.ok(escapeControl(text).isWellFormed());
      }),
    );
  });

  it('stays the same JSON when it is made printable', () => {
    const value = { text: 'a\u009b\u202e\u007f\u001b', list: ['\u2028'] };
    const printed = escapeJson(JSON.stringify(value, null, 2));
    assert.doesNotMatch(printed, /[\u007f-\u009f\u202e\u2028]/);
    assert.deepEqual(JSON.parse(printed), value);
  });
});

describe('widths', () => {
  it('counts columns as a terminal does', () => {
    assert.equal(textWidth('abc'), 3);
    assert.equal(textWidth('東京'), 4);
    assert.equal(textWidth('e\u0301'), 1);
    assert.equal(textWidth('🙂'), 2);
  });

  it('cuts to what fits (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
        assert.ok(textWidth(truncate(text, columns)) <= columns);
        if (textWidth(text) <= columns) assert.equal(truncate(text, columns), text);
      }),
    );
  });

  it('wraps without losing a word, and ends with any text (property)', () => {
    const words = (text: string): string => text.replace(/[ \n]+/g, '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 2, max: 30 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) assert.ok(textWidth(line) <= columns, JSON.stringify(line));
        assert.equal(words(lines.join('')), words(text));
      }),
    );
  });

  it('breaks between words where it can, within them where it must', () => {
    assert.deepEqual(wrap('the moon has no capital', 9), ['the moon', 'has no', 'capital']);
    assert.deepEqual(wrap('abcdefghij k', 4), ['abcd', 'efgh', 'ij k']);
    assert.deepEqual(wrap('one\n\ntwo', 10), ['one', '', 'two']);
  });
});

describe('the live area', () => {
  it('redraws its lines in place and keeps what was printed above', () => {
    const terminal = createTerminal(40, 10);
    const area = createLiveArea(terminal);
    area.print('first');
    area.show([{ plain: 'run-1 1 s' }, { plain: 'run-2 1 s' }]);
    area.show([{ plain: 'run-1 2 s' }, { plain: 'run-2 2 s' }]);
    area.print('second');
    assert.deepEqual(terminal.lines(), ['first', 'second', 'run-1 2 s', 'run-2 2 s']);
    area.show([{ plain: 'run-2 3 s' }]);
    assert.deepEqual(terminal.lines(), ['first', 'second', 'run-2 3 s']);
    area.close();
    assert.deepEqual(terminal.lines(), ['first', 'second']);
  });

  it('leaves nothing behind when the terminal becomes narrower, which breaks drawn lines in two', () => {
    const terminal = createTerminal(60, 12);
    const area = createLiveArea(terminal);
    area.print('above');
    area.show([{ plain: 'a'.repeat(50) }, { plain: 'b'.repeat(20) }]);
    terminal.resize(30);
    area.show([{ plain: 'c'.repeat(10) }]);
    assert.deepEqual(terminal.lines(), ['above', 'c'.repeat(10)]);
  });

  it('draws no more lines than the screen has room for', () => {
    const terminal = createTerminal(40, 10);
    const area = createLiveArea(terminal);
    area.show(Array.from({ length: 50 }, (_, i) => ({ plain: `run-${i}` })));
    assert.deepEqual(terminal.lines(), ['run-0', 'run-1', 'run-2', 'run-3', 'run-4', '… and 45 more']);
    area.show([{ plain: 'run-49' }]);
    assert.deepEqual(terminal.lines(), ['run-49']);
  });

  it('writes nothing but permanent lines where there is no terminal', () => {
    const written: string[] = [];
    const area = createLiveArea({ write: (text) => written.push(text) });
    area.show([{ plain: 'live' }]);
    area.print('line');
    area.show([]);
    area.close();
    assert.deepEqual(written, ['line\n']);
  });

  it('writes nothing when nothing changed', () => {
    const terminal = createTerminal(40, 10);
    const area = createLiveArea(terminal);
    area.show([{ plain: 'same' }]);
    const before = terminal.written();
    area.show([{ plain: 'same' }]);
    assert.equal(terminal.written(), before);
  });
});
