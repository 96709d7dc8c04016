package main

import (
	"math/rand/v2"
	"time"

	"ambient/test/load/webrtc/load"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// reportInterval is the mean of Chromium for audio.
const reportInterval = 5 * time.Second

// Send continues the numbers of an earlier talk, since a packet with an old number would be a replay.
func (p *peer) Send(payload []byte, samples uint32, talk *load.Talk) error {
	p.sequence++
	p.timestamp += samples
	packet := rtp.Packet{
		Header: rtp.Header{
			Version:        2,
			PayloadType:    talk.PayloadType,
			SequenceNumber: p.sequence,
			Timestamp:      p.timestamp,
			SSRC:           talk.SSRC,
		},
		Payload: payload,
	}
	if talk.LevelID > 0 {
		level, err := rtp.AudioLevelExtension{Level: talk.Level, Voice: true}.Marshal()
		if err != nil {
			return err
		}
		if err := packet.SetExtension(talk.LevelID, level); err != nil {
			return err
		}
	}
	raw, err := packet.Marshal()
	if err != nil {
		return err
	}
	encrypted, err := p.context.EncryptRTP(nil, raw, nil)
	if err != nil {
		return err
	}
	_, err = p.socket.Write(encrypted)
	return err
}

// report sends a receiver report now and then about the stream that was heard last.
func (p *peer) report() {
	for {
		select {
		case <-p.ended:
			return
		case <-time.After(reportInterval/2 + rand.N(reportInterval)):
		}
		ssrc := p.lastSSRC.Load()
		if ssrc == 0 {
			continue
		}
		raw, err := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: ssrc}}}).Marshal()
		if err != nil {
			continue
		}
		if encrypted, err := p.context.EncryptRTCP(nil, raw, nil); err == nil {
			_, _ = p.socket.Write(encrypted)
		}
	}
}
