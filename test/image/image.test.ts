import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readLock } from '../../scripts/image/packages.ts';
import { buildRoot, bytesOf, NOT_IN } from '../../scripts/image/root.ts';
import { packTar } from '../../scripts/image/tar.ts';
import { ROOT } from '../cli/support/kubechain.ts';
import { startPod } from '../install/support/pod.ts';
import { type InstallStage, MANIFESTS, openInstallStage } from '../install/support/stage.ts';
import { debianProgram } from '../support/debian.ts';
import { type ModelServer, startModelServer } from '../support/modelServer.ts';
import { IMAGES, inImage, whyNoImages } from './support/container.ts';
import { bomProblems } from './support/cyclonedx.ts';

const run = promisify(execFile);
const LATEST = join(MANIFESTS, 'release', 'latest.yaml');

/** What `node scripts/image/build.ts` built: run as a kubelet would, but for the kernel's namespaces that a Pod has besides. */
describe('images', function () {
  this.timeout(300_000);
  before(function () {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      process.stderr.write('    images are tested by root on Linux\n');
      this.skip();
    }
    assert.equal(whyNoImages(), undefined);
  });

  it('are the same bytes when built again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubechain-image-'));
    try {
      for (const name of ['kubechain', 'runner'] as const) {
        await buildRoot(name, readLock(), join(folder, name));
        const again = await packTar(join(folder, name), join(folder, `${name}.tar`));
        const { stdout } = await run('sha256sum', [join(IMAGES, name, 'rootfs.tar')]);
        assert.equal(again.sha256, stdout.split(' ')[0], name);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('have no more than they need', () => {
    for (const name of ['kubechain', 'runner']) {
      const bytes = bytesOf(join(IMAGES, name, 'rootfs'));
      assert.ok(bytes <= 250e6, `${name}: ${bytes / 1e6} MB`);
    }
    const root = join(IMAGES, 'kubechain', 'rootfs');
    const programs = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'usr/local/bin'].flatMap((folder) =>
      existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [],
    );
    assert.deepEqual(programs, ['node'], 'neither shell nor compiler nor package manager');
    assert.match(readFileSync(join(IMAGES, 'kubechain', 'Dockerfile'), 'utf8'), /^FROM scratch\nADD rootfs\.tar \/$/m);
  });

  it('list what they are made of, as CycloneDX has it', async function () {
    for (const name of ['kubechain', 'runner'] as const) {
      const bom = JSON.parse(readFileSync(join(IMAGES, name, 'sbom.cdx.json'), 'utf8')) as {
        components: { name: string; purl: string }[];
      };
      const problems = await bomProblems(bom);
      if ('reason' in problems) {
        process.stderr.write(`      no schema of CycloneDX: ${problems.reason}\n`);
        this.skip();
      }
      assert.deepEqual(problems.problems, []);
      const listed = new Set(bom.components.map(({ name: component }) => component));
      const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
        dependencies: Record<string, string>;
      };
      const own = Object.keys(dependencies).filter((each) => !NOT_IN[name].includes(each));
      for (const wanted of [...own, 'kubechain', 'node', 'libc6', 'ca-certificates']) {
        assert.ok(listed.has(wanted), `${name} lists ${wanted}`);
      }
    }
  });

  it('has npx, uvx and Python for MCP servers, and a home that can be written', async () => {
    const inRunner = async (script: string): Promise<string> => {
      const { command, args, env } = inImage('runner', { entrypoint: ['/bin/sh', '-c', script] })({
        args: [],
        env: {},
        serviceAccount: tmpdir(),
        user: 65532,
        group: 65532,
      });
      const { stdout } = await run(command, [...args], { env: { ...env } });
      return stdout;
    };
    const said = await inRunner(
      'node --version; npx --version; uvx --version; python3 -c "import ssl, sqlite3, ctypes; print(ssl.OPENSSL_VERSION)"; cat /proc/self/status | while read a b; do [ "$a" = Uid: ] && echo $b; done; echo x > $HOME/x && echo written; (echo x > /opt/x) 2>/dev/null || echo read-only',
    );
    assert.match(
      said,
      /^v26\.\S+\n\d+\.\S+\nuvx \S+.*\nOpenSSL 3.*\n65532\s65532\s65532\s65532\nwritten\nread-only\n$/s,
    );
  });

  it('are made for arm64 of the same parts, and run there', async function () {
    const qemu = await debianProgram('qemu-user-static', 'usr/bin/qemu-aarch64-static');
    if ('reason' in qemu) {
      process.stderr.write(`      skipped: no machine that is arm64: ${qemu.reason}\n`);
      return this.skip();
    }
    const root = mkdtempSync(join(tmpdir(), 'kubechain-arm64-'));
    try {
      // All that the other image has is in this one.
      const components = await buildRoot('runner', readLock(), root, 'arm64');
      const { components: amd64 } = JSON.parse(readFileSync(join(IMAGES, 'runner', 'sbom.cdx.json'), 'utf8')) as {
        components: { name: string }[];
      };
      const names = (list: readonly { name: string }[]) => [...new Set(list.map(({ name }) => name))].sort();
      assert.deepEqual(names(components), names(amd64));
      assert.ok(bytesOf(root) <= 250e6);
      copyFileSync(qemu.program, join(root, 'qemu'));
      const said = async (...command: string[]) => (await run('chroot', [root, '/qemu', ...command])).stdout;
      const program = ['/usr/local/bin/node', '--disable-warning=ExperimentalWarning', '/opt/kubechain/bin/kubechain'];
      assert.match(await said(...program, 'crds'), /kind: CustomResourceDefinition/);
      const python = 'import ssl, sqlite3, ctypes, platform; print(platform.machine())';
      assert.equal(await said('/usr/bin/python3.11', '-c', python), 'aarch64\n');
      assert.match(await said('/usr/local/bin/uv', '--version'), /^uv \d/);
      assert.match(
        await said('/usr/local/bin/node', '/usr/local/lib/node_modules/npm/bin/npx-cli.js', '--version'),
        /^\d+\./,
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  describe('on an API server', () => {
    let stage: InstallStage;
    let model: ModelServer;
    before(async () => {
      stage = await openInstallStage();
      model = await startModelServer();
      await stage.run(`kubectl apply -f ${LATEST}`);
      // No webhook answers here.
      await stage.run('kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration kubechain');
    });
    after(async () => {
      await stage.shell(`kubectl delete --ignore-not-found -f ${LATEST}`);
      await model[Symbol.asyncDispose]();
      await stage[Symbol.asyncDispose]();
    });

    it('run a task to its end, as user 65532 on a read-only root', async () => {
      const pod = await startPod({
        deployment: 'kubechain-operator',
        namespace: 'kubechain-system',
        shell: stage.shell,
        kubeConfig: stage.kubeConfig,
        args: ['--health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'],
        start: inImage('kubechain'),
      });
      try {
        const status = readFileSync(`/proc/${pod.pid}/status`, 'utf8');
        assert.match(status, /^Uid:\t65532\t65532\t65532\t65532$/m);
        const yaml = `
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: LLM
metadata: {name: gpt-4o}
spec: {provider: openai, apiKeyFrom: {secretKeyRef: {name: openai, key: OPENAI_API_KEY}}, parameters: {baseUrl: "${model.url}"}}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Agent
metadata: {name: my-assistant}
spec: {llmRef: {name: gpt-4o}, system: "You are a helpful assistant."}
---
apiVersion: kubechain.humanlayer.dev/v1alpha1
kind: Task
metadata: {name: hello}
spec: {agentRef: {name: my-assistant}, message: "What is the capital of the moon?"}
`;
        await stage.run('kubectl create secret generic openai -n default --from-literal=OPENAI_API_KEY=sk-good-key');
        await stage.run(`kubectl apply -n default -f - <<'YAML'\n${yaml}\nYAML`);
        const ended =
          'kubectl wait taskrun/hello-1 -n default --for=jsonpath={.status.phase}=FinalAnswer --timeout=20s';
        await stage.run(`for i in $(seq 40); do ${ended} && exit 0; sleep 0.2; done; exit 1`);
        const said = await fetch(`${pod.metrics}/metrics`).then((answer) => answer.text());
        assert.match(said, /^kubechain_taskruns\{phase="FinalAnswer"\} 1$/m);
        assert.equal(await pod.terminate(), 0, pod.log());
      } finally {
        await pod.kill();
      }
    });
  });
});
