package load

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	samplesPerMs = 48
	// dtxIntervalMs is the interval at which Opus sends comfort noise: https://www.rfc-editor.org/rfc/rfc7587#section-3.1.3
	dtxIntervalMs = 400
	speechLevel   = 30
	silenceLevel  = 127
)

// comfortNoise is an Opus packet of a pause.
var comfortNoise = []byte{0xf8, 0xff, 0xfe}

// Talk says what a peer sends.
type Talk struct {
	SSRC        uint32 `json:"ssrc"`
	PayloadType uint8  `json:"payloadType"`
	// Payloads are the Opus packets to send, again and again, in base64.
	Payloads   [][]byte `json:"payloads"`
	IntervalMs int      `json:"intervalMs"`
	// LevelID is the id of the header extension of the audio level; 0 for none. LiveKit negotiates its own.
	LevelID uint8 `json:"levelId"`
	// Spells are the times at which the speaker talks, in ms from the start; none means all the time.
	Spells []Spell `json:"spells"`
	// HasDtx says whether comfort noise is sent between spells.
	HasDtx bool `json:"hasDtx"`

	// Level is the level of the packet that is sent.
	Level uint8 `json:"-"`
}

// Spell is a time from the start of a talk, in ms.
type Spell struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Talking is a running talk.
type Talking struct {
	once sync.Once
	stop chan struct{}
}

// Stop may be called more than once, and without a talk.
func (t *Talking) Stop() {
	if t != nil {
		t.once.Do(func() { close(t.stop) })
	}
}

// Start sends the packets of a talk in real time until it is stopped.
func Start(peer Peer, talk Talk) (*Talking, error) {
	if talk.IntervalMs <= 0 || len(talk.Payloads) == 0 {
		return nil, errors.New("a talk needs packets and an interval")
	}
	talking := &Talking{stop: make(chan struct{})}
	go talking.run(peer, talk)
	return talking, nil
}

func (t *Talking) run(peer Peer, talk Talk) {
	interval := time.Duration(talk.IntervalMs) * time.Millisecond
	// Speakers do not send at the same moment.
	time.Sleep(rand.N(interval))
	timer := time.NewTicker(interval)
	defer timer.Stop()
	startedAt := time.Now()
	var skipped uint32
	for frame := 0; ; frame++ {
		for time.Since(startedAt) < time.Duration(frame)*interval {
			select {
			case <-t.stop:
				return
			case <-timer.C:
			}
		}
		select {
		case <-t.stop:
			return
		default:
		}
		skipped++
		payload := talk.payloadOf(frame)
		if payload == nil {
			continue
		}
		if peer.Send(payload, skipped*uint32(talk.IntervalMs*samplesPerMs), &talk) == nil {
			peer.Counts().Sent.Add(1)
		}
		skipped = 0
	}
}

// payloadOf returns what is sent at the time of a frame; nil for nothing.
func (t *Talk) payloadOf(frame int) []byte {
	at := frame * t.IntervalMs
	t.Level = speechLevel
	if len(t.Spells) == 0 {
		return t.Payloads[frame%len(t.Payloads)]
	}
	for _, spell := range t.Spells {
		if at >= spell.From && at < spell.To {
			return t.Payloads[frame%len(t.Payloads)]
		}
	}
	t.Level = silenceLevel
	if t.HasDtx && at%dtxIntervalMs < t.IntervalMs {
		return comfortNoise
	}
	return nil
}
