import Foundation
import TestSupport
import Testing

/// Gram matrices that another program sends are as good as files; one that misbehaves is told.
@Suite struct ComputeBackendTests {
  private let place: Place
  private let options = ["--batch-size", "16", "--precision", "float64"]

  init() throws {
    place = try Place()
    let sent = try Shell.outcome(
      of: [Program.path, "backend", "features", GoldenSet.tiny.activations] + options,
      environment: place.environment, folder: place.folder, output: place.path("sent"))
    try #require(sent.status == 0, "\(sent.complaints)")
  }

  /// Runs `cka compute` with the line of shell `backend`.
  private func compute(_ backend: String, _ further: [String] = []) throws -> Shell.Outcome {
    try place.compute(["--backend", backend, "--precision", "float64"] + further)
  }

  @Test func theBuiltInBackendGivesWhatFilesGive() throws {
    let outcome = try compute("cat sent")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let values = try place.bundle().grid(of: .tiny)
    #expect(try values.worstDifference(to: GoldenSet.tiny.values("unbiased_minibatch")) <= 1e-9)
    #expect(try place.bundle().record("provenance")["backend"] as? String == "cat sent")
  }

  @Test func theBuiltInBackendKeepsToTheProtocol() throws {
    let checked = try place.cka("backend", "check", "cat", "sent")
    #expect(checked.status == 0, "\(checked.complaints)")
    #expect(checked.text == "3 minibatches of 6 layers: all as the protocol asks\n")
  }

  /// A backend that stops after `bytes`, and that tells how many minibatches it may pass over.
  private func telling(_ bytes: String, _ further: [String] = []) throws -> (
    outcome: Shell.Outcome, seen: [String]
  ) {
    try Data(bytes.utf8).write(to: URL(filePath: place.path("length")))
    let outcome = try compute(
      "echo seen=$CKA_BACKEND_SEEN >&2; head -c $(cat length) sent", further)
    let lines = outcome.complaints.split(separator: "\n").map(String.init)
    return (
      outcome, lines.compactMap { $0.split(separator: "seen=").dropFirst().first.map(String.init) }
    )
  }

  @Test func aBackendIsToldWhatItMayPassOver() throws {
    #expect(try telling("30000").seen == ["0"])
    let resumed = try telling("1M")
    #expect(resumed.outcome.status == 0, "\(resumed.outcome.complaints)")
    #expect(resumed.seen == ["2"])
    #expect(resumed.outcome.complaints.contains("cka: goes on after 2 of 3 minibatches\n"))
    let values = try place.bundle().grid(of: .tiny)
    #expect(try values.worstDifference(to: GoldenSet.tiny.values("unbiased_minibatch")) <= 1e-9)
  }

  @Test func whatDoesNotFitIsAskedForAgain() throws {
    #expect(try telling("30000", ["--estimator", "biased"]).seen == ["0"])
    let anew = try telling("1M")
    #expect(anew.outcome.status == 0, "\(anew.outcome.complaints)")
    #expect(anew.outcome.complaints.contains("but it was made with other options"))
    #expect(anew.seen == ["2", "0"])
    let values = try place.bundle().grid(of: .tiny)
    #expect(try values.worstDifference(to: GoldenSet.tiny.values("unbiased_minibatch")) <= 1e-9)
  }

  @Test func whatItLogsIsPassedOnAndMadeSafe() throws {
    let outcome = try compute(
      #"echo '{"log": "epoch \u001b[31m1"}' >&2; echo 'plain words' >&2; cat sent"#)
    #expect(outcome.status == 0)
    #expect(outcome.complaints.contains(#"cka: backend: epoch \u{1B}[31m1"#))
    #expect(outcome.complaints.contains("cka: backend: plain words\n"))
  }

  @Test("The reason of an end is told once, however long the end takes", arguments: ["0", "1.5"])
  func aReasonIsToldOnce(_ seconds: String) throws {
    let outcome = try compute("echo First >&2; echo TheReason >&2; sleep \(seconds); exit 1")
    #expect(outcome.status == 1)
    #expect(outcome.complaints == "cka: backend: First\ncka: TheReason\n")
  }

  @Test(
    "One that ends or stalls leaves what there is",
    arguments: [
      ("head -c 30000 sent", "ended in the middle"),
      ("head -c 30000 sent; sleep 30", "has been silent for 0.5 s"),
    ])
  func aBackendThatEndsEarly(_ backend: String, _ reason: String) throws {
    let outcome = try compute(backend, ["--patience", "0.5"])
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("2 of 3 minibatches are in out.cka.safetensors.partial"))
    #expect(outcome.complaints.contains(reason))
    let record = try #require(try place.records(of: "out.cka.safetensors.partial").first)
    #expect((record["warnings"] as? [String])?.first == "partial: 2 of 3 minibatches so far")
  }

  @Test(
    "One that talks nonsense is told so",
    arguments: [
      "true", "echo hello, this is not a frame", "head -c 8 /dev/zero", "head -c 100 sent",
      "cat sent | sed s/cka-backend/cka-backhand/",
      #"cat sent | sed 's/"version": "1"/"version": "2"/'"#,
      "printf '\\377\\377\\377\\377\\377\\377\\377\\177'; cat sent",
    ])
  func nonsense(_ backend: String) throws {
    let outcome = try compute(backend, ["--patience", "5"])
    #expect(outcome.status == 1)
    #expect(outcome.complaints.split(separator: "\n").last?.hasPrefix("cka: ") == true)
    #expect(place.names == ["sent"])
  }

  @Test func aWrongMatrixIsFound() throws {
    var bytes = try Data(contentsOf: URL(filePath: place.path("sent")))
    // The last value of the last matrix, before the end mark; its exponent makes it NaN or huge.
    let last = bytes.count - 8 - 1
    bytes[last] = 0x7F
    bytes[last - 1] = 0xF8
    try bytes.write(to: URL(filePath: place.path("nan")))
    let checked = try place.cka("backend", "check", "cat", "nan")
    #expect(checked.status == 1)
    #expect(checked.complaints.contains("frame 3, "))
    #expect(checked.complaints.contains("NaN or infinite"))
    let computed = try compute("cat nan")
    #expect(computed.status == 1)
    #expect(computed.complaints.contains("the backend sent NaN or infinite values for '"))
    #expect(computed.complaints.contains("2 of 3 minibatches are in"))
    bytes[last] = 0x40
    try bytes.write(to: URL(filePath: place.path("lopsided")))
    let lopsided = try place.cka("backend", "check", "cat", "lopsided")
    #expect(lopsided.status == 1)
  }
}
