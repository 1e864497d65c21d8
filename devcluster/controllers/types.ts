/** What has been started, and ends. */
export interface Controllers {
  close(): void;
}
