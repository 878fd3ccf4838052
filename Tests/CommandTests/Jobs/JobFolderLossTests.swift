import Foundation
import TestSupport
import Testing

/// What is lost under a job costs it no more than that.
@Suite(.serialized) struct JobFolderLossTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test("A job whose folder is removed writes its result all the same, and its exit says so")
  func folderRemoved() throws {
    defer { place.stopJobs() }
    let sent = try place.shell(
      "cka backend features '\(GoldenSet.tiny.activations)' --batch-size 16 > sent 2> sent.log")
    try #require(sent.status == 0)
    let outcome = try place.shell(
      """
      export CKA_CHECKPOINT_SECONDS=0
      id=$(cka compute --background --quiet -o out.cka.safetensors --backend \\
        'head -c 30000 sent; touch begun; while [ ! -e go ]; do sleep 0.02; done; tail -c +30001 sent')
      while [ ! -e begun ]; do sleep 0.02; done
      cka jobs cancel --grace 0 $id > /dev/null
      rm begun
      folder="$XDG_STATE_HOME/cka/jobs/$id"
      cka worker "$folder" & pid=$!
      while [ ! -e begun ]; do sleep 0.02; done
      # All at once: a worker that writes meanwhile would keep a folder from being removed.
      mv "$folder" gone && rm -r gone
      touch go
      wait $pid
      """)
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("no checkpoint: "), "\(outcome.complaints)")
    #expect(
      outcome.complaints.contains("out.cka.safetensors, but the job's own copy is not whole"),
      "\(outcome.complaints)")
    let info = try place.cka("info", "out.cka.safetensors").text
    #expect(info.contains("3 minibatches") && !info.contains("partial"))
  }

  @Test("jobs --json escapes what would steer a terminal")
  func json() throws {
    defer { place.stopJobs() }
    let name = "f\u{9B}31m\u{202E}.safetensors"
    try place.writeFeatures(name, samples: 64, layers: 2)
    let id = try place.submit(name)
    _ = try place.cka("jobs", "wait", id)
    for words in [["jobs", "--json"], ["jobs", "show", "--json", id]] {
      let rest = words.map { "'\($0)'" }.joined(separator: " ")
      let outcome = try place.shell("cka \(rest)")
      #expect(outcome.text.steeringCharacters.isEmpty)
      #expect(outcome.text.contains("\\u009b31m\\u202e"))
      let value = try JSONSerialization.jsonObject(with: Data(outcome.output))
      let job = (value as? [[String: Any]])?.first ?? value as? [String: Any]
      #expect((job?["command"] as? [String])?.contains(name) == true)
    }
  }
}
