package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"ambient/test/load/webrtc/load"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/packetio"
)

const (
	connectTimeout = 20 * time.Second
	checkInterval  = 50 * time.Millisecond
	// consentInterval is the interval of Chromium: https://www.rfc-editor.org/rfc/rfc7675#section-5.1
	consentInterval = 2500 * time.Millisecond
	maxDatagram     = 1500
)

// transport is the server's side of a peer.
type transport struct {
	IP               string `json:"ip"`
	Port             int    `json:"port"`
	UsernameFragment string `json:"usernameFragment"`
	Password         string `json:"password"`
}

// peer is one connected peer. It counts the media packets that it gets; it does not decrypt them.
type peer struct {
	socket   *net.UDPConn
	check    func() error
	checked  chan struct{}
	dtls     *packetio.Buffer
	context  *srtp.Context
	ended    chan struct{}
	counts   load.Counts
	lastSSRC atomic.Uint32
	// sequence and timestamp are those of the next packet of the peer's one stream.
	sequence  uint16
	timestamp uint32
}

// connect checks the server's candidate and shakes hands as the DTLS client.
func connect(to transport, certificate tls.Certificate) (*peer, error) {
	address := &net.UDPAddr{IP: net.ParseIP(to.IP), Port: to.Port}
	socket, err := net.DialUDP("udp", nil, address)
	if err != nil {
		return nil, err
	}
	p := &peer{
		socket:  socket,
		checked: make(chan struct{}, 1),
		dtls:    packetio.NewBuffer(),
		ended:   make(chan struct{}),
	}
	p.check = func() error {
		request, err := bindingRequest(to.UsernameFragment, to.Password)
		if err == nil {
			_, err = socket.Write(request)
		}
		return err
	}
	go p.read()
	if err := p.nominate(); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.shakeHands(address, certificate); err != nil {
		p.Close()
		return nil, err
	}
	go p.keepConsent()
	go p.report()
	return p, nil
}

// read sorts what arrives by its first byte: https://www.rfc-editor.org/rfc/rfc7983#section-7
func (p *peer) read() {
	datagram := make([]byte, maxDatagram)
	for {
		length, err := p.socket.Read(datagram)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || length < 12 {
			continue
		}
		switch first := datagram[0]; {
		case first < 4:
			select {
			case p.checked <- struct{}{}:
			default:
			}
		case first >= 20 && first < 64:
			_, _ = p.dtls.Write(datagram[:length], nil)
		case first >= 128 && first < 192:
			p.count(datagram[:length])
		}
	}
}

// count counts a media packet. Payload types 64–95 are RTCP: https://www.rfc-editor.org/rfc/rfc5761#section-4
func (p *peer) count(datagram []byte) {
	if payloadType := datagram[1] & 0x7f; payloadType >= 64 && payloadType < 96 {
		return
	}
	p.counts.Packets.Add(1)
	p.counts.Bytes.Add(uint64(len(datagram)))
	p.lastSSRC.Store(uint32(datagram[8])<<24 | uint32(datagram[9])<<16 | uint32(datagram[10])<<8 | uint32(datagram[11]))
}

// nominate sends checks until the server answers one.
func (p *peer) nominate() error {
	deadline := time.After(connectTimeout)
	for {
		if err := p.check(); err != nil {
			return err
		}
		select {
		case <-p.checked:
			return nil
		case <-time.After(checkInterval):
		case <-deadline:
			return errors.New("the server answered no check")
		}
	}
}

// shakeHands agrees on the keys of SRTP, in the order of preference of Chromium and pion.
func (p *peer) shakeHands(address net.Addr, certificate tls.Certificate) error {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	connection, err := dtls.ClientWithOptions(
		&dtlsPackets{peer: p, address: address},
		address,
		dtls.WithCertificates(certificate),
		dtls.WithInsecureSkipVerify(true),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithSRTPProtectionProfiles(
			dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80,
		),
	)
	if err != nil {
		return err
	}
	if err := connection.HandshakeContext(ctx); err != nil {
		return err
	}
	profile, ok := connection.SelectedSRTPProtectionProfile()
	state, hasState := connection.ConnectionState()
	if !ok || !hasState {
		return errors.New("no profile of SRTP was agreed on")
	}
	config := &srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := config.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return err
	}
	keys := config.Keys
	p.context, err = srtp.CreateContext(keys.LocalMasterKey, keys.LocalMasterSalt, config.Profile)
	// Later messages of DTLS are not needed.
	go func() { _, _ = io.Copy(io.Discard, connection) }()
	return err
}

// keepConsent repeats the check, without which the server closes the transport.
func (p *peer) keepConsent() {
	timer := time.NewTicker(consentInterval)
	defer timer.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-timer.C:
			_ = p.check()
		}
	}
}

// Counts are written while the peer lives.
func (p *peer) Counts() *load.Counts { return &p.counts }

// Close may be called once.
func (p *peer) Close() {
	close(p.ended)
	_ = p.dtls.Close()
	_ = p.socket.Close()
}

// dtlsPackets are the datagrams of DTLS among those of a peer.
type dtlsPackets struct {
	peer    *peer
	address net.Addr
}

func (d *dtlsPackets) ReadFrom(into []byte) (int, net.Addr, error) {
	length, _, err := d.peer.dtls.Read(into, nil)
	return length, d.address, err
}

func (d *dtlsPackets) WriteTo(datagram []byte, _ net.Addr) (int, error) {
	return d.peer.socket.Write(datagram)
}

func (d *dtlsPackets) Close() error                       { return nil }
func (d *dtlsPackets) LocalAddr() net.Addr                { return d.peer.socket.LocalAddr() }
func (d *dtlsPackets) SetReadDeadline(at time.Time) error { return d.peer.dtls.SetReadDeadline(at) }
func (d *dtlsPackets) SetWriteDeadline(time.Time) error   { return nil }
func (d *dtlsPackets) SetDeadline(at time.Time) error     { return d.SetReadDeadline(at) }
