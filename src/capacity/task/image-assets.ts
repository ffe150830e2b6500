import { aws_ecs as ecs, IStackSynthesizer, Stack } from 'aws-cdk-lib';

/** An image that this app builds. */
export interface ImageAsset {
  /** The platform that it is built for. Undefined if it is that of the machine that builds it. */
  readonly platform?: string;
}

/** The part of an asset manifest that lists the images to build. */
interface Manifest {
  readonly dockerImages?: Record<string, { readonly source: { readonly directory?: string; readonly platform?: string } }>;
}

/**
 * The image asset behind the image of a rendered container. Undefined for images that this app does not build: those of registries,
 * tarballs, and assets of a synthesizer that keeps no manifest.
 *
 * aws-cdk-lib keeps the platform of an image asset nowhere but in the asset manifest of the stack, which has no public reader.
 */
export function imageAssetOf(task: ecs.CfnTaskDefinition, image: unknown): ImageAsset | undefined {
  const [, hash] = /:[^:]*([0-9a-f]{64})["\]}]*$/.exec(JSON.stringify(image) ?? '') ?? [];
  if (hash === undefined) return undefined;
  const others = () => task.node.root.node.findAll().filter((construct): construct is Stack => Stack.isStack(construct));
  const source = sourceIn(Stack.of(task), hash) ?? firstOf(others(), (stack) => sourceIn(stack, hash));
  return source?.directory === undefined ? undefined : { platform: source.platform };
}

function sourceIn(stack: Stack, hash: string) {
  const { assetManifest } = synthesizerOf(stack) as IStackSynthesizer & { readonly assetManifest?: Manifest };
  const images = Object.entries(assetManifest?.dockerImages ?? {});
  return images.find(([id]) => id.endsWith(hash))?.[1].source;
}

/** The synthesizer that has the assets of a stack. A nested stack adds its assets to those of its parent. */
function synthesizerOf(stack: Stack): IStackSynthesizer {
  return stack.nestedStackParent ? synthesizerOf(stack.nestedStackParent) : stack.synthesizer;
}

function firstOf<T, R>(items: T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
