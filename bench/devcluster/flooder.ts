/**
 * A client that floods, in a process of its own: `node flooder.ts KUBECONFIG KIND LANES`. Has LANES requests
 * under way at any time, without a pause; prints how many were answered, and how many of them were refused with 429, when its input ends.
 */
import { connectBare } from './client.ts';
import { CONFIG_MAPS, NAMESPACE } from './measure.ts';

const [kubeconfig = '', kind = 'creates', lanes = '16'] = process.argv.slice(2);
const bare = connectBare(kubeconfig, Number(lanes));
const THINGS = `/apis/bench.example.com/v1/namespaces/${NAMESPACE}/things`;
const LARGE = 3 * 1024 * 1024 - 4096;
const STORED = 1_400_000;

const thing = (spec: object) => ({
  apiVersion: 'bench.example.com/v1',
  kind: 'Thing',
  metadata: { generateName: 'flood-' },
  spec,
});
const text = thing({ value: 'x'.repeat(LARGE) });
const large = thing({ value: 'x'.repeat(STORED) });
const fields = thing(Object.fromEntries(Array.from({ length: STORED / 60 }, (_, i) => [`field-${i}`.padEnd(15), i])));
const configMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { generateName: 'flood-' },
  data: { value: 'x'.repeat(1024) },
};
let round = 0;
const floods: { readonly [kind: string]: (lane: number) => Promise<unknown> } = {
  // Of `flood-LANE`, which is there.
  patches: (lane) =>
    bare.send(
      'PATCH',
      `${CONFIG_MAPS}/flood-${lane}`,
      { data: { round: `${round++}` } },
      'application/merge-patch+json',
    ),
  creates: () => bare.send('POST', CONFIG_MAPS, configMap),
  lists: () => bare.send('GET', CONFIG_MAPS),
  tables: () => bare.send('GET', CONFIG_MAPS, undefined, undefined, 'application/json;as=Table;v=v1;g=meta.k8s.io'),
  large: () => bare.send('POST', THINGS, large),
  bodies: () => bare.send('POST', THINGS, text),
  fields: () => bare.send('POST', THINGS, fields),
};
const flood = floods[kind];
if (flood === undefined) throw new Error(`no flood of ${kind}`);

let [answered, refused, failed, going] = [0, 0, '', true];
const lane = async (number: number): Promise<void> => {
  while (going) {
    try {
      await flood(number);
    } catch (error) {
      if (/ 429 /.test((error as Error).message)) refused++;
      else failed ||= (error as Error).message.slice(0, 200);
    }
    answered++;
  }
};
for (let i = 0; i < Number(lanes); i++) void lane(i);
process.stdin.on('end', () => {
  going = false;
  process.stdout.write(JSON.stringify({ answered, refused, failed }), () => process.exit(0));
});
process.stdin.resume();
