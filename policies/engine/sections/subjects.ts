import type { JudgedKind } from '../../../api/index.ts';
import { textAt } from '../json.ts';
import type { Scope } from '../scope.ts';
import { byName, referencesOf } from '../scope.ts';
import type { Report, Sink } from '../sink.ts';

/** An object that is judged: the one that was asked about, or one that it uses. */
export interface Subject {
  readonly object: unknown;
  readonly kind: JudgedKind;
  readonly name: string;
  /** Of an object that is only used: the field of the judged object that refers to it. */
  readonly reference?: string;
}

type Subjects = { readonly [kind in JudgedKind]?: readonly Subject[] };
const NONE: readonly Subject[] = [];

/**
 * The objects of a kind that are judged with a request: the object itself; for an Agent, its LLM, Tools and MCPServers;
 * for a tool call, what executes it. So a policy about some Agents also judges what they use, and what was written while no
 * webhook looked is judged before it is used.
 */
export function subjectsOf(scope: Scope, kind: JudgedKind): readonly Subject[] {
  return scope.fact(allSubjects)[kind] ?? NONE;
}

/** Reports on a subject. Of one that is only used, the finding stands at the field that refers to it. */
export function reportOn({ kind, name, reference }: Subject, report: Report, sink: Sink): void {
  if (reference === undefined) {
    sink.report(report);
    return;
  }
  sink.report({
    ...report,
    field: reference,
    detail: `${kind} ${name}${report.field === '' ? '' : `, ${report.field}`}: ${report.detail}`,
    via: { kind, name },
  });
}

function allSubjects(scope: Scope): Subjects {
  const { kind, name, object, request, llm, tool, mcpServer } = scope;
  const subjects: { [kind in JudgedKind]?: Subject[] } = {};
  const add = (subject: Subject): void => {
    if (subject.object === undefined) return;
    subjects[subject.kind] ??= [];
    subjects[subject.kind]?.push(subject);
  };
  add({ object, kind: kind as JudgedKind, name });
  if (kind === 'Agent') {
    add({ object: llm, kind: 'LLM', name: textAt(llm, 'metadata', 'name') ?? '', reference: 'spec.llmRef.name' });
    for (const each of referencesOf(object, 'tools')) {
      add({ object: byName(request.context?.tools, each.name), kind: 'Tool', name: each.name, reference: each.field });
    }
    for (const each of referencesOf(object, 'mcpServers')) {
      const server = byName(request.context?.mcpServers, each.name);
      add({ object: server, kind: 'MCPServer', name: each.name, reference: each.field });
    }
  }
  if (kind === 'TaskRunToolCall') {
    const reference = 'spec.tool.name';
    add({ object: tool, kind: 'Tool', name: textAt(tool, 'metadata', 'name') ?? '', reference });
    add({ object: mcpServer, kind: 'MCPServer', name: textAt(mcpServer, 'metadata', 'name') ?? '', reference });
  }
  return subjects;
}
