package main

import (
	"encoding/binary"
	"sync"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	opusPayloadType = 111
	maxRedOffset    = 1<<14 - 1
	maxRedLength    = 1<<10 - 1
)

// voiceTrack sends Opus packets with audio levels, as browsers do; with a copy of the packet before, if redundant.
type voiceTrack struct {
	*webrtc.TrackLocalStaticRTP
	bound       chan struct{}
	bindOnce    sync.Once
	isRedundant bool
	levelID     uint8
	sequence    uint16
	timestamp   uint32
	// previous and sinceLast are the packet before and the samples since then.
	previous []byte
}

func newVoiceTrack(isRedundant bool) (*voiceTrack, error) {
	capability := webrtc.RTPCodecCapability{MimeType: opusMime, ClockRate: 48000, Channels: 2}
	if isRedundant {
		capability.MimeType = redMime
	}
	track, err := webrtc.NewTrackLocalStaticRTP(capability, "voice", "voice")
	if err != nil {
		return nil, err
	}
	return &voiceTrack{TrackLocalStaticRTP: track, bound: make(chan struct{}), isRedundant: isRedundant}, nil
}

// Bind notes the negotiated id of the audio level.
func (t *voiceTrack) Bind(context webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	parameters, err := t.TrackLocalStaticRTP.Bind(context)
	if err != nil {
		return parameters, err
	}
	for _, extension := range context.HeaderExtensions() {
		if extension.URI == sdp.AudioLevelURI {
			t.levelID = uint8(extension.ID)
		}
	}
	t.bindOnce.Do(func() { close(t.bound) })
	return parameters, nil
}

func (t *voiceTrack) send(payload []byte, samples uint32, level uint8) error {
	t.sequence++
	t.timestamp += samples
	packet := &rtp.Packet{
		Header:  rtp.Header{Version: 2, SequenceNumber: t.sequence, Timestamp: t.timestamp},
		Payload: payload,
	}
	if t.isRedundant {
		packet.Payload = redundant(t.previous, payload, samples)
		t.previous = payload
	}
	if t.levelID > 0 {
		extension, err := rtp.AudioLevelExtension{Level: level, Voice: true}.Marshal()
		if err != nil {
			return err
		}
		if err := packet.SetExtension(t.levelID, extension); err != nil {
			return err
		}
	}
	return t.WriteRTP(packet)
}

// redundant puts a packet behind the one before it: https://www.rfc-editor.org/rfc/rfc2198#section-3
func redundant(previous, payload []byte, samples uint32) []byte {
	var packet []byte
	if len(previous) > 0 && len(previous) <= maxRedLength && samples <= maxRedOffset {
		packet = binary.BigEndian.AppendUint32(nil, 1<<31|opusPayloadType<<24|samples<<10|uint32(len(previous)))
	} else {
		previous = nil
	}
	packet = append(packet, opusPayloadType)
	packet = append(packet, previous...)
	return append(packet, payload...)
}
