/**
 * Start-time fair queueing over users, and over the connections of each user: who has had the least goes first, and who was away has saved
 * nothing up. (Goyal, Vin, Chen: Start-time Fair Queueing, 1996; API Priority and Fairness of the real server uses a relative.)
 */

/** Whose work it is. */
export interface Flow {
  readonly user: string;
  readonly connection: object;
}

interface Share {
  /** Virtual time at which its next piece of work may start, and at which its last one ended. */
  start: number;
  finish: number;
  waiting: number;
}

interface Connection<T> extends Share {
  readonly items: T[];
}

interface User<T> extends Share {
  readonly connections: Map<object, Connection<T>>;
  now: number;
}

/** Shares that nobody has waited on are looked through this often, in pieces of work taken. */
const sweepEvery = 1024;

export class FairQueue<T> {
  private readonly users = new Map<string, User<T>>();
  private now = 0;
  private sinceSweep = 0;
  /** How many wait, of all flows. */
  size = 0;

  /** How many wait on a connection. */
  waiting({ user, connection }: Flow): number {
    return this.users.get(user)?.connections.get(connection)?.waiting ?? 0;
  }

  push(flow: Flow, item: T): void {
    let user = this.users.get(flow.user);
    if (user === undefined) {
      user = { start: this.now, finish: 0, waiting: 0, now: 0, connections: new Map() };
      this.users.set(flow.user, user);
    }
    let connection = user.connections.get(flow.connection);
    if (connection === undefined) {
      connection = { start: user.now, finish: 0, waiting: 0, items: [] };
      user.connections.set(flow.connection, connection);
    }
    if (user.waiting++ === 0) user.start = Math.max(this.now, user.finish);
    if (connection.waiting++ === 0) connection.start = Math.max(user.now, connection.finish);
    connection.items.push(item);
    this.size++;
  }

  /** The next piece of work; undefined where none waits. Its cost is told by `charge` before the next is taken. */
  take(): { readonly flow: Flow; readonly item: T } | undefined {
    if (++this.sinceSweep > sweepEvery) this.sweep();
    const user = earliest(this.users);
    if (user === undefined) return undefined;
    const connection = earliest(user[1].connections);
    if (connection === undefined) return undefined;
    const item = connection[1].items.shift() as T;
    this.now = user[1].start;
    user[1].now = connection[1].start;
    user[1].waiting--;
    connection[1].waiting--;
    this.size--;
    return { flow: { user: user[0], connection: connection[0] }, item };
  }

  /** Tells what a piece of work has cost its flow. */
  charge(flow: Flow, cost: number): void {
    const user = this.users.get(flow.user);
    const connection = user?.connections.get(flow.connection);
    if (user === undefined || connection === undefined) return;
    for (const share of [user, connection]) {
      share.finish = share.start + cost;
      share.start = share.finish;
    }
  }

  /** Forgets shares that are not behind, and so not different from new ones. */
  private sweep(): void {
    this.sinceSweep = 0;
    for (const [name, user] of this.users) {
      for (const [connection, share] of user.connections)
        if (share.waiting === 0 && share.finish <= user.now) user.connections.delete(connection);
      if (user.waiting === 0 && user.finish <= this.now) this.users.delete(name);
    }
  }
}

function earliest<K, S extends Share>(shares: ReadonlyMap<K, S>): [K, S] | undefined {
  let found: [K, S] | undefined;
  for (const [key, share] of shares)
    if (share.waiting > 0 && (found === undefined || share.start < found[1].start)) found = [key, share];
  return found;
}
