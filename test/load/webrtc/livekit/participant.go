package main

import (
	"errors"
	"time"

	"ambient/test/load/webrtc/load"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/pion/webrtc/v4"
)

const (
	opusMime       = "audio/opus"
	redMime        = "audio/red"
	publishTimeout = 20 * time.Second
	maxDatagram    = 1500
)

// roomAddress says which room a participant joins.
type roomAddress struct {
	URL      string `json:"url"`
	Key      string `json:"key"`
	Secret   string `json:"secret"`
	Room     string `json:"room"`
	Identity string `json:"identity"`
	// Publishes is opus or red for a speaker, and empty for a listener. A speaker hears nobody.
	Publishes string `json:"publishes"`
	// HearsRed says whether a listener takes redundant audio.
	HearsRed bool `json:"hearsRed"`
	IsStereo bool `json:"isStereo"`
}

// participant is a speaker or a listener.
type participant struct {
	room   *lksdk.Room
	track  *voiceTrack
	counts load.Counts
}

// join connects a listener, or a speaker whose track is published.
func join(address roomAddress) (load.Peer, error) {
	p := &participant{}
	callback := lksdk.NewRoomCallback()
	callback.OnTrackSubscribed = func(track *webrtc.TrackRemote, _ *lksdk.RemoteTrackPublication, _ *lksdk.RemoteParticipant) {
		p.count(track)
	}
	codecs := []livekit.Codec{{Mime: opusMime}}
	if address.Publishes == "red" || address.HearsRed {
		codecs = append([]livekit.Codec{{Mime: redMime}}, codecs...)
	}
	room, err := lksdk.ConnectToRoom(
		address.URL,
		lksdk.ConnectInfo{
			APIKey:              address.Key,
			APISecret:           address.Secret,
			RoomName:            address.Room,
			ParticipantIdentity: address.Identity,
		},
		callback,
		lksdk.WithAutoSubscribe(address.Publishes == ""),
		lksdk.WithCodecs(codecs),
		lksdk.WithDisableRegionDiscovery(),
		lksdk.WithLogger(logger.GetDiscardLogger()),
	)
	if err != nil {
		return nil, err
	}
	p.room = room
	if address.Publishes == "" {
		return p, nil
	}
	if err := p.publish(address); err != nil {
		room.Disconnect()
		return nil, err
	}
	return p, nil
}

// count counts what arrives of a track until it ends.
func (p *participant) count(track *webrtc.TrackRemote) {
	datagram := make([]byte, maxDatagram)
	for {
		length, _, err := track.Read(datagram)
		if err != nil {
			return
		}
		p.counts.Packets.Add(1)
		p.counts.Bytes.Add(uint64(length))
	}
}

func (p *participant) publish(address roomAddress) error {
	track, err := newVoiceTrack(address.Publishes == "red")
	if err != nil {
		return err
	}
	options := &lksdk.TrackPublicationOptions{
		Name:       address.Identity,
		Source:     livekit.TrackSource_MICROPHONE,
		DisableDTX: address.IsStereo,
		Stereo:     address.IsStereo,
	}
	if _, err := p.room.LocalParticipant.PublishTrack(track, options); err != nil {
		return err
	}
	select {
	case <-track.bound:
	case <-time.After(publishTimeout):
		return errors.New("the track was not negotiated")
	}
	p.track = track
	return nil
}

// Send sends a packet of a speaker.
func (p *participant) Send(payload []byte, samples uint32, talk *load.Talk) error {
	if p.track == nil {
		return errors.New("a listener has no track")
	}
	return p.track.send(payload, samples, talk.Level)
}

// Counts are written while the participant is in the room.
func (p *participant) Counts() *load.Counts { return &p.counts }

// Close leaves the room.
func (p *participant) Close() { p.room.Disconnect() }
