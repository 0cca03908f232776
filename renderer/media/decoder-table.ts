// Owns which decoder a codec has and how it is configured.
import type { MediaCodec, VideoCodec } from '../../shared/model/video.ts';

/**
 * Up to this size software decodes a frame in a few milliseconds, sooner than most hardware: hardware decoders may hold
 * frames back until more arrive (https://github.com/novnc/noVNC/issues/2042).
 */
const SOFTWARE_UP_TO_PIXELS = 1920 * 1200;

type DecoderKind = 'webcodecs' | 'tiles';

const DECODERS: Readonly<Record<MediaCodec, DecoderKind>> = {
  h264: 'webcodecs',
  vp8: 'webcodecs',
  vp9: 'webcodecs',
  av1: 'webcodecs',
  tiles: 'tiles',
};

/** What Chromium's encoders make of a screen; a decoder would guess BT.709 from 720 lines on. */
const BT601: VideoColorSpaceInit = { matrix: 'smpte170m', primaries: 'bt709', transfer: 'bt709', fullRange: false };
/** Their streams do not say how colours are coded. */
const MUTE_ABOUT_COLOUR: readonly VideoCodec[] = ['vp8', 'vp9'];

export function isVideoCodec(codec: MediaCodec): codec is VideoCodec {
  return DECODERS[codec] === 'webcodecs';
}

/** H.264 comes as Annex B, so that no codec needs a description. */
export function videoDecoderConfig(
  codec: VideoCodec,
  codecString: string,
  widthPx: number,
  heightPx: number,
  softwareOnly = false,
): VideoDecoderConfig {
  const small = widthPx * heightPx <= SOFTWARE_UP_TO_PIXELS;
  return {
    codec: codecString,
    optimizeForLatency: true,
    ...(MUTE_ABOUT_COLOUR.includes(codec) ? { colorSpace: BT601 } : {}),
    hardwareAcceleration: small || softwareOnly ? 'prefer-software' : 'no-preference',
  };
}
