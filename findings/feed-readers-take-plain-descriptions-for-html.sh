#!/usr/bin/env bash
# RSS 2.0 calls the description of an item "the item synopsis", and allows HTML in it. Nothing marks which of both it
# is. A server that escapes the plain text of a person for XML writes a valid feed, and readers lose parts of the text,
# because they take it for HTML without looking: words in angle brackets are tags, `&copy` in an address is a sign, line
# breaks are spaces. Of five readers, four lose something, each something else. None reports it.
#
# Written as HTML (`&`, `<` and `>` escaped, `<br/>` at the ends of lines) and then escaped for XML, the same text is
# complete in feedparser and rss-parser. podcast-partytime and podparse give the markup to apps that show plain text.
#
# The text has two lines: `For <Name>` and `https://radio.example/?a=1&copy=2`. Observed with rss-parser 3.13.0
# (contentSnippet), podcast-partytime 5.0.0, podparse 1.6.0, feedparser 6.0.14 and podcastparser 0.6.11:
#   rss-parser: name lost, address changed, lines kept
#   podcast-partytime: name kept, address changed, lines lost
#   podparse: name kept, address kept, lines kept
#   feedparser: name lost, address changed, lines kept
#   podcastparser: name lost, address kept, lines kept
# Needs python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund rss-parser@3.13.0 podcast-partytime@5.0.0 podparse@1.6.0
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check feedparser==6.0.14 podcastparser==0.6.11

cat > feed.xml << 'XML'
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0">
<channel>
<title>Show</title>
<link>https://radio.example/</link>
<description>A show</description>
<item>
<title>Episode</title>
<description>For &lt;Name&gt;
https://radio.example/?a=1&amp;copy=2</description>
<guid isPermaLink="false">1</guid>
<pubDate>Sun, 29 Mar 2026 01:30:00 GMT</pubDate>
<enclosure url="https://radio.example/1.mp3" length="1" type="audio/mpeg"/>
</item>
</channel>
</rss>
XML

cat > read.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { parseFeed } from 'podcast-partytime'
import podparse from 'podparse'
import Parser from 'rss-parser'

const xml = readFileSync('feed.xml', 'utf8')
const read = {
  'rss-parser': (await new Parser().parseString(xml)).items[0].contentSnippet,
  'podcast-partytime': (await parseFeed(xml)).items[0].description,
  podparse: (podparse.default ?? podparse)(xml).episodes[0].description
}
for (const [name, text] of Object.entries(read)) console.log(JSON.stringify([name, text]))
JS

cat > read.py << 'PYTHON'
import json

import feedparser
import podcastparser

with open("feed.xml", "rb") as file:
    print(json.dumps(["feedparser", feedparser.parse(file).entries[0].summary]))
with open("feed.xml", "rb") as file:
    parsed = podcastparser.parse("https://radio.example/feed.xml", file)
    print(json.dumps(["podcastparser", parsed["episodes"][0]["description"]]))
PYTHON

cat > compare.py << 'PYTHON'
import json
import sys

for line in sys.stdin:
    reader, text = json.loads(line)
    name = "kept" if "<Name>" in text else "lost"
    address = "kept" if "?a=1&copy=2" in text else "changed"
    lines = "kept" if "\n" in text else "lost"
    print(f"{reader}: name {name}, address {address}, lines {lines}")
PYTHON

{ node read.mjs; env/bin/python read.py; } | python3 compare.py | tee output
diff output - << 'TEXT'
rss-parser: name lost, address changed, lines kept
podcast-partytime: name kept, address changed, lines lost
podparse: name kept, address kept, lines kept
feedparser: name lost, address changed, lines kept
podcastparser: name lost, address kept, lines kept
TEXT
