import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard } from './addresses.ts';

/** The address that a host leads to may not be reached. Nothing was sent. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/**
 * A connector for undici that asks `guard` about the very address it is about to connect to, so that a name that
 * resolves to one address when checked and to another when used gains nothing.
 * `resolve` stands in for the system's resolver in tests.
 */
export function createGuardedConnector(
  guard: AddressGuard,
  timeoutMs: number,
  resolve: typeof lookup = lookup,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    // An address as host is connected to without a look-up.
    const refusal = isIP(host) === 0 ? undefined : guard.refusal(host, port, host);
    if (refusal !== undefined) {
      queueMicrotask(() => callback(new ForbiddenAddressError(refusal), null));
      return;
    }
    const connect = buildConnector({
      timeout: timeoutMs,
      allowH2: false,
      lookup: guardedLookup(guard, port, resolve),
    } as buildConnector.BuildOptions);
    connect(options, (error, socket) => {
      // On an error the library passes no second argument, whatever its types say.
      if (error !== null || !socket) {
        callback(error ?? new Error('no connection'), null);
        return;
      }
      // The last word: where the connection really leads.
      const reached = guard.refusal(host, port, socket.remoteAddress ?? '');
      if (reached !== undefined) {
        socket.destroy();
        callback(new ForbiddenAddressError(reached), null);
        return;
      }
      callback(null, socket);
    });
  };
}

/** A look-up for `node:net` that leaves out what `guard` refuses, and fails with a ForbiddenAddressError where nothing is left. */
export function guardedLookup(guard: AddressGuard, port: number, resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    const all: LookupOptions & { all: true } = { ...options, all: true };
    resolve(hostname, all, (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const refusals = addresses.map(({ address }) => guard.refusal(hostname, port, address));
      const allowed = addresses.filter((_, index) => refusals[index] === undefined);
      const [first] = allowed;
      if (first === undefined) {
        callback(new ForbiddenAddressError(refusals[0] ?? `${hostname} has no address`), []);
      } else if (options.all === true) {
        callback(null, allowed);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}
