import Foundation
import Formats
import Similarity
import TestSupport
import Testing

@testable import Runs
@testable import cka

/// The files that a result was made from are known by their bytes.
@Suite struct SourceTests {
  private let place: Place

  init() throws {
    place = try Place()
    _ = try place.shell("cp '\(GoldenSet.tiny.activations)' a.safetensors")
  }

  private func compute(_ environment: [String: String] = [:]) throws {
    let outcome = try place.cka(
      "compute", "a.safetensors", "--batch-size", "16", "-o", "out.cka.safetensors",
      environment: environment)
    try #require(outcome.status == 0, "\(outcome.complaints)")
  }

  private func sources() throws -> [[String: Any]] {
    try #require(try place.bundle().record("provenance")["sources"] as? [[String: Any]])
  }

  /// Changes a value of the activations, and nothing else that could be seen.
  private func overwrite() throws {
    _ = try place.shell(
      """
      touch -r a.safetensors old
      printf 'X' | dd of=a.safetensors bs=1 seek=20000 conv=notrunc
      touch -r old a.safetensors
      """)
  }

  @Test("A bundle holds the hash of its activations, unless none is wanted")
  func hash() throws {
    try compute()
    let hash = try #require(try sources()[0]["hash"] as? String)
    #expect(hash == FileHash.text(of: place.path("a.safetensors")))
    try compute(["CKA_HASH": "off"])
    #expect(try sources()[0]["hash"] is NSNull)
  }

  @Test("verify says which file is another one now; info does, where its date tells")
  func changed() throws {
    try compute()
    let sound = try place.cka("verify", "out.cka.safetensors")
    #expect(sound.status == 0 && sound.text.contains("a.safetensors: the same bytes (xxh64:"))
    try overwrite()
    let outcome = try place.cka("verify", "out.cka.safetensors")
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("a.safetensors differs now from what this was made from"))
    #expect(outcome.text.contains("1 of 1 files are not those that it was made from"))
    _ = try place.shell("touch a.safetensors")
    let info = try place.cka("info", "out.cka.safetensors").text
    #expect(info.contains("warning: ") && info.contains("differs now from what this was made"))
    let json = try place.cka("info", "--json", "out.cka.safetensors").text
    #expect(json.contains(#""state" : "differs""#))
    let shown = try place.cka(
      "--keys", "i", "--size", "120x60", "--dump-screen", "-", "out.cka.safetensors")
    // Lines are broken where the window ends.
    let words = shown.text.split { $0.isWhitespace || $0 == "│" }.joined(separator: " ")
    #expect(words.contains("was written again since; cka verify tells"), "\(shown.text)")
  }

  @Test("A run goes on with files that were only touched, and not with others")
  func resumption() throws {
    let path = place.path("a.safetensors")
    let before = SourceHashes([path], environment: [:]).sources(isWaiting: true)
    #expect(before[0].hash?.hasPrefix("xxh64:") == true)
    func now(_ environment: [String: String] = [:]) -> SourceHashes {
      SourceHashes([path], environment: environment)
    }
    #expect(now().change(since: before) == nil)
    _ = try place.shell("touch -d 2001-01-01 a.safetensors")
    #expect(now().change(since: before) == nil)
    #expect(now(["CKA_HASH": "off"]).change(since: before) == before[0].path)
    var bare = before
    bare[0].hash = nil
    #expect(now().change(since: bare) == before[0].path)
    let touched = SourceHashes([path], environment: [:]).sources(isWaiting: true)
    try overwrite()
    #expect(now().change(since: touched) == before[0].path)
    #expect(now(["CKA_HASH": "off"]).change(since: touched) == nil)
    #expect(SourceHashes([], environment: [:]).change(since: touched) == before[0].path)
  }
}
