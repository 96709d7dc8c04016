package main

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/pion/stun/v3"
)

// Attributes of ICE: https://www.rfc-editor.org/rfc/rfc8445#section-16.1
const (
	attrPriority       = stun.AttrType(0x0024)
	attrUseCandidate   = stun.AttrType(0x0025)
	attrIceControlling = stun.AttrType(0x802a)
	peerReflexive      = 0x6e0001ff
)

// localUsername is the ICE user name of all peers: an ICE-lite server sends no checks of its own.
const localUsername = "peer"

// bindingRequest returns the check that nominates the server's candidate.
func bindingRequest(username, password string) ([]byte, error) {
	priority := binary.BigEndian.AppendUint32(nil, peerReflexive)
	tieBreaker := binary.BigEndian.AppendUint64(nil, rand.Uint64())
	message, err := stun.Build(
		stun.TransactionID,
		stun.BindingRequest,
		stun.NewUsername(username+":"+localUsername),
		stun.RawAttribute{Type: attrPriority, Value: priority},
		stun.RawAttribute{Type: attrIceControlling, Value: tieBreaker},
		stun.RawAttribute{Type: attrUseCandidate},
		stun.NewShortTermIntegrity(password),
		stun.Fingerprint,
	)
	if err != nil {
		return nil, err
	}
	return message.Raw, nil
}
