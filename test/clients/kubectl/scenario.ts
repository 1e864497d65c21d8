/**
 * What people type: each scenario is typed line by line into bash, in a namespace of its own (`$NS`), in a folder that has the files of
 * `FILES`. What a real API server makes of it is in recorded-*.json.
 */
export interface Scenario {
  readonly name: string;
  readonly lines: readonly string[];
}

export const scenario = (name: string, ...lines: string[]): Scenario => ({ name, lines });
