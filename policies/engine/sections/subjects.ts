import type { JudgedKind } from '../../../api/index.ts';
import type { Report, Sink } from '../collector.ts';
import { textAt } from '../json.ts';
import type { Scope } from '../scope.ts';
import { byName, referencesOf } from '../scope.ts';

/** An object that is judged: the one that was asked about, or one that it uses. */
export interface Subject {
  readonly object: unknown;
  readonly kind: JudgedKind;
  readonly name: string;
  /** Reports on it. Of an object that is only used, the finding stands at the field that refers to it. */
  readonly report: (report: Report) => void;
}

/**
 * The objects of these kinds that are judged with a request: the object itself; for an Agent, its LLM, Tools and MCPServers;
 * for a tool call, what executes it. So a policy about some Agents also judges what they use, and what was written while no
 * webhook looked is judged before it is used.
 */
export function subjectsOf(scope: Scope, kinds: readonly JudgedKind[], sink: Sink): Subject[] {
  const { kind, name, object, request } = scope;
  const subjects: Subject[] = [];
  const used = (itsKind: JudgedKind, itsName: string, it: unknown, field: string): void => {
    if (!kinds.includes(itsKind) || it === undefined) return;
    subjects.push({
      object: it,
      kind: itsKind,
      name: itsName,
      report: (report) =>
        sink.report({
          ...report,
          field,
          detail: `${itsKind} ${itsName}${report.field === '' ? '' : `, ${report.field}`}: ${report.detail}`,
          via: { kind: itsKind, name: itsName },
        }),
    });
  };
  if ((kinds as readonly string[]).includes(kind)) {
    subjects.push({ object, kind: kind as JudgedKind, name, report: (report) => sink.report(report) });
  }
  if (kind === 'Agent') {
    const llm = scope.llm;
    if (llm !== undefined) used('LLM', textAt(llm, 'metadata', 'name') ?? '', llm, 'spec.llmRef.name');
    for (const each of referencesOf(object, 'tools')) {
      used('Tool', each.name, byName(request.context?.tools, each.name), each.field);
    }
    for (const each of referencesOf(object, 'mcpServers')) {
      used('MCPServer', each.name, byName(request.context?.mcpServers, each.name), each.field);
    }
  }
  if (kind === 'TaskRunToolCall') {
    const { tool, mcpServer } = scope;
    if (tool !== undefined) used('Tool', tool.metadata.name ?? '', tool, 'spec.tool.name');
    if (mcpServer !== undefined) used('MCPServer', mcpServer.metadata.name ?? '', mcpServer, 'spec.tool.name');
  }
  return subjects;
}
