package main

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	samplesPerMs = 48
	// reportInterval is the mean of Chromium for audio.
	reportInterval = 5 * time.Second
)

// talk says what a peer sends.
type talk struct {
	SSRC         uint32 `json:"ssrc"`
	PayloadType  uint8  `json:"payloadType"`
	PayloadBytes int    `json:"payloadBytes"`
	IntervalMs   int    `json:"intervalMs"`
	// LevelID is the id of the header extension of the audio level; 0 for none.
	LevelID uint8 `json:"levelId"`
}

// speak sends packets until silence or close.
func (p *peer) speak(what talk) error {
	if what.IntervalMs <= 0 || what.PayloadBytes <= 0 {
		return errors.New("a talk needs packets and an interval")
	}
	stop := make(chan struct{})
	p.talking.Store(&stop)
	go func() {
		interval := time.Duration(what.IntervalMs) * time.Millisecond
		// Speakers do not send at the same moment.
		time.Sleep(rand.N(interval))
		payload := make([]byte, what.PayloadBytes)
		for i := range payload {
			payload[i] = 0xfc
		}
		timer := time.NewTicker(interval)
		defer timer.Stop()
		startedAt := time.Now()
		for due := 0; ; {
			for ; time.Duration(due)*interval <= time.Since(startedAt); due++ {
				p.send(what, payload)
			}
			select {
			case <-stop:
				return
			case <-p.ended:
				return
			case <-timer.C:
			}
		}
	}()
	return nil
}

// send continues the numbers of an earlier talk, since a packet with an old number would be a replay.
func (p *peer) send(what talk, payload []byte) {
	packet := rtp.Packet{
		Header: rtp.Header{
			Version:        2,
			PayloadType:    what.PayloadType,
			SequenceNumber: p.sequence,
			Timestamp:      p.timestamp,
			SSRC:           what.SSRC,
		},
		Payload: payload,
	}
	p.sequence++
	p.timestamp += uint32(what.IntervalMs * samplesPerMs)
	if what.LevelID > 0 {
		_ = packet.SetExtension(what.LevelID, []byte{0x80 | 30})
	}
	raw, err := packet.Marshal()
	if err != nil {
		return
	}
	encrypted, err := p.context.EncryptRTP(nil, raw, nil)
	if err != nil {
		return
	}
	if _, err := p.socket.Write(encrypted); err == nil {
		p.sent.Add(1)
	}
}

// silence stops what speak started.
func (p *peer) silence() {
	if stop := p.talking.Swap(nil); stop != nil {
		close(*stop)
	}
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
