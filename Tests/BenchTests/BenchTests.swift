import ArgumentParser
import Foundation
import Testing

@testable import cka_bench

@Suite("Figures of cka-bench")
struct BenchFigureTests {
  @Test(
    "percentiles are samples: the nearest rank",
    arguments: [
      (0.0, 1.0), (20, 1), (21, 2), (50, 3), (95, 5), (100, 5),
    ])
  func percentiles(percent: Double, expected: Double) {
    #expect(BenchSample.percentile(percent, of: [5, 3, 1, 4, 2]) == expected)
  }

  @Test("of nothing there is no percentile")
  func nothing() {
    #expect(BenchSample.median([]).isNaN)
    #expect(BenchSample.median([7]) == 7)
  }

  @Test("a figure at its budget is ok, above it over, without one neither; no value is over")
  func verdicts() {
    let figure = { BenchFigure(group: "g", what: "w", value: $0, unit: .bytes, budget: $1) }
    #expect(figure(250, 250).verdict == "ok")
    #expect(figure(251, 250).verdict == "over")
    #expect(figure(1, nil).verdict == "")
    #expect(figure(.nan, 250).verdict == "over")
  }

  @Test("the table has a heading for each group, and its columns line up")
  func table() {
    let figures = [
      BenchFigure(group: "start", what: "heatmap", value: 78.123, unit: .milliseconds, budget: 100),
      BenchFigure(group: "start", what: "first byte", value: 5.678, unit: .milliseconds),
      BenchFigure(group: "bytes", what: "move", value: 251, unit: .bytes, budget: 250),
      BenchFigure(group: "bytes", what: "ratio", value: 0.456, unit: .ratio, budget: 1),
    ]
    #expect(
      BenchTable.text(figures) == """
        start
          heatmap     78.1 ms  100 ms  ok
          first byte  5.68 ms

        bytes
          move          251 B   250 B  over
          ratio        0.46 ×     1 ×  ok
        """)
  }

  @Test("half blocks are counted across the pieces that they arrive in, and nothing else is")
  func halfBlocks() {
    let bytes = Array("a▀█\u{1B}[m▄─▸".utf8) + [0xE2, 0x96] + Array("▀".utf8)
    for size in 1...bytes.count {
      var count = HalfBlockCount()
      for start in stride(from: 0, to: bytes.count, by: size) {
        count.scan(bytes[start..<min(bytes.count, start + size)])
      }
      #expect(count.count == 4, "pieces of \(size)")
    }
  }

  @Test("made values look like CKA: high on the diagonal, falling off, in 0…1, the same each time")
  func values() {
    var smooth = BenchValues(side: 100, noise: 0)
    let row = smooth.row(10)
    #expect(row.count == 100 && row[10] == row.max())
    #expect(zip(row[10...], row[11...]).allSatisfy { $0 > $1 })
    var (one, other) = (BenchValues(side: 50, noise: 1), BenchValues(side: 50, noise: 1))
    let noise = one.row(0)
    #expect(noise == other.row(0) && noise != one.row(0))
    #expect(noise.allSatisfy { (0...1).contains($0) } && Set(noise).count > 40)
  }
}

@Suite("Peers of cka-bench compute")
struct BenchPeerTests {
  @Test("a peer that fails is quoted: the last line of its traceback, made safe")
  func reasons() {
    let traceback = """
      Traceback (most recent call last):
        File "<string>", line 1, in <module>
      MemoryError: \u{1B}[31mno room

      """
    #expect(
      BenchPeers.failure(status: 1, complaints: traceback).description
        == #"MemoryError: \u{1B}[31mno room"#)
    #expect(
      BenchPeers.failure(status: 137, complaints: "\n").description
        == "it ended with status 137 and no word")
  }

  @Test(
    "numbers of minibatches are read from a list",
    arguments: [("10,1000", true), ("1,,2", false), ("0", false), ("many", false)])
  func counts(_ text: String, _ isValid: Bool) throws {
    let arguments = [
      "--minibatches", text, "--part", "memory", "--folder", "/dev/null/folder",
    ]
    if isValid {
      let command = try BenchCompute.parse(arguments)
      #expect(throws: ExitCode(1)) { try command.run() }
    } else {
      #expect(throws: (any Error).self) { try BenchCompute.parse(arguments) }
    }
  }
}

@Suite("Programs that cka-bench runs")
struct BenchProcessTests {
  @Test("Ctrl-C reaches them: they are in our process group")
  func group() throws {
    let process = try BenchProcess(
      ["cut", "-d", " ", "-f", "5", "/proc/self/stat"], environment: [:])
    #expect(process.output == "\(getpgrp())\n")
  }

  @Test("their end is slept for, not looked for every few milliseconds")
  func sleep() throws {
    let before = try Self.sleeps()
    let process = try BenchProcess(
      ["sh", "-c", "exec >&-; exec sleep 0.5"], environment: ["PATH": "/usr/bin:/bin"])
    #expect(process.seconds >= 0.5)
    #expect(try Self.sleeps() - before < 60)
    #expect(process.peakBytes > 0)
  }

  /// How often this thread has gone to sleep.
  private static func sleeps() throws -> Int {
    let text = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    let line = try #require(text.firstMatch(of: /\nvoluntary_ctxt_switches:\s+(\d+)/))
    return try #require(Int(line.1))
  }
}
