/** A rule as CEL: true where the object passes. What it says is about the object alone, and of an update only what is new. */
export interface CelRule {
  readonly rule: string;
  readonly expression: string;
  readonly message: string;
}
