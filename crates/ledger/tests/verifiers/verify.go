// Checks a log with Go's own implementation of notes and tiles, which shares no code with the log.
//
//	verify <folder> <vkey>
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type folder string

func (f folder) Height() int                         { return height }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// The hashes of a tree in memory, in the order of StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, index := range indexes {
		all = append(all, m[index])
	}
	return all, nil
}

func fail(what ...any) {
	fmt.Println(append([]any{"FAIL"}, what...)...)
	os.Exit(1)
}

func tree(dir, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		fail("key", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		fail("checkpoint", err)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		fail("note", err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("size", err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		fail("root", err)
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(*(*[32]byte)(root))}
}

func main() {
	dir, vkey := os.Args[1], os.Args[2]
	head := tree(dir, vkey)
	reader := tlog.TileHashReader(head, folder(dir))
	var computed memory
	for first := int64(0); first < head.N; first += 1 << height {
		width := head.N - first
		if width > 1<<height {
			width = 1 << height
		}
		tile := tlog.Tile{H: height, L: 0, N: first >> height, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			fail(err)
		}
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			fail("tiles", err)
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail("bundle", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:end]) != hashes[i] {
				fail("entry", first+i)
			}
			more, err := tlog.StoredHashes(first+i, bundle[2:end], computed)
			if err != nil {
				fail("hash", err)
			}
			computed = append(computed, more...)
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			fail("bundle", path)
		}
	}
	root, err := tlog.TreeHash(head.N, computed)
	if err != nil || root != head.Hash {
		fail("root", err)
	}
	fmt.Println("OK", head.N)
}
