/**
 * What a process needs in its environment to find a Vulkan driver, without looking at the GPU itself (fast).
 *
 * A machine without a GPU can still run WebGPU: Chromium carries SwiftShader, a Vulkan driver in software. Dawn finds no
 * adapter on Mesa's own software driver of Debian 12, so that one is passed over.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {object} GpuEnvironment
 * @property {'user' | 'hardware' | 'swiftshader' | 'none'} driver `user`: the environment names one already;
 *   `hardware`: the system's own; `none`: no driver was found, and a WebGPU program will find no adapter.
 * @property {Record<string, string>} env Variables to add to a program's environment.
 */

/** Where Chromium keeps SwiftShader's driver file on the distributions that we know. */
const knownSwiftShaderFiles = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/** @returns {string | undefined} */
function findSwiftShader() {
  const known = knownSwiftShaderFiles.find((file) => existsSync(file));
  if (known) return known;
  try {
    const files = execFileSync('dpkg', ['-L', 'chromium', 'chromium-common'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return files.split('\n').find((file) => file.endsWith('/vk_swiftshader_icd.json') && existsSync(file));
  } catch {
    // No dpkg here, or those packages are not installed.
    return undefined;
  }
}

/** @param {string} folder */
function filesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A device node of a GPU, and a driver for it that isn't Mesa's software one. */
function hasHardwareDriver() {
  const device = filesIn('/dev/dri').some((name) => name.startsWith('renderD')) || existsSync('/dev/nvidiactl');
  if (!device) return false;
  const folders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];
  return folders.flatMap(filesIn).some((name) => name.endsWith('.json') && !name.startsWith('lvp_'));
}

/** @returns {GpuEnvironment} */
export function gpuEnvironment() {
  // Elsewhere WebGPU is over Metal or Direct3D, which are always there.
  if (process.platform !== 'linux') return { driver: 'hardware', env: {} };
  /** @type {Record<string, string>} */
  const env = {};
  if (!process.env['XDG_RUNTIME_DIR']) env['XDG_RUNTIME_DIR'] = tmpdir();
  const chosen = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'];
  if (chosen) return { driver: chosen.includes('swiftshader') ? 'swiftshader' : 'user', env };
  if (hasHardwareDriver()) return { driver: 'hardware', env };
  const swiftShader = findSwiftShader();
  if (!swiftShader) return { driver: 'none', env };
  return { driver: 'swiftshader', env: { ...env, VK_ICD_FILENAMES: swiftShader } };
}

/** Dawn loads Vulkan's loader at run time: without it there is no adapter, whatever the drivers are. */
export function hasVulkanLoader() {
  if (process.platform !== 'linux') return true;
  const folders = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/usr/local/lib',
  ];
  return folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
}
