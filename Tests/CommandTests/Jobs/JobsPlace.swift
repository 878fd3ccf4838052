import Foundation
import TestSupport
import Testing

/// What `cka jobs --json` tells of a job, as far as tests ask.
struct JobFacts: Decodable {
  let id, state, folder, log: String
  let title: String
  let reason, result, output: String?
  let attempt: Int
  let done, total: Int?
}

extension Place {
  /// Writes the activations of models of `layers` layers of 8 features, a safetensors file.
  func writeFeatures(
    _ name: String, models: [String] = ["model0", "model1"], samples: Int, layers: Int
  ) throws {
    var noise = SteadyNoise(seed: 7)
    let length = samples * 8 * 4
    let names = models.flatMap { model in (0..<layers).map { "\(model)/layer\($0)" } }
    let entries = names.enumerated().map { index, name in
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[\(samples),8],"
        + "\"data_offsets\":[\(index * length),\((index + 1) * length)]}"
    }
    let header = "{\(entries.joined(separator: ","))}"
    var bytes = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    let values = (0..<samples * 8 * names.count).map { _ in noise.next() }
    values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    try bytes.write(to: URL(filePath: path(name)))
  }

  /// Starts a comparison of `features` as a job.
  /// - Parameter pace: seconds between two checkpoints; 0 makes one after each minibatch.
  /// - Returns: the job's name.
  func submit(
    _ features: String = "f.safetensors", to output: String = "out.cka.safetensors",
    batchSize: Int = 16, pace: Double = 0, limit: Int = 1
  ) throws -> String {
    let outcome = try cka(
      "compute", features, "-o", output, "--batch-size", "\(batchSize)", "--background", "--quiet",
      environment: ["CKA_CHECKPOINT_SECONDS": "\(pace)", "CKA_JOB_LIMIT": "\(limit)"])
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return outcome.text.trimmingCharacters(in: .newlines)
  }

  /// All jobs here, oldest first.
  func jobs() throws -> [JobFacts] {
    let outcome = try cka("jobs", "--json")
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return try JSONDecoder().decode([JobFacts].self, from: Data(outcome.output))
  }

  /// The job called `id`.
  func job(_ id: String) throws -> JobFacts {
    try #require(try jobs().first { $0.id == id })
  }

  /// Looks at a job until `condition` holds.
  @discardableResult
  func wait(for id: String, until condition: (JobFacts) -> Bool) throws -> JobFacts {
    let deadline = Date(timeIntervalSinceNow: 60)
    while true {
      let facts = try job(id)
      if condition(facts) { return facts }
      try #require(Date() < deadline, "\(facts)")
      usleep(20_000)
    }
  }

  /// The process that works on a job.
  func worker(of job: JobFacts) throws -> pid_t {
    struct Process: Decodable { let pid: pid_t }
    let data = try Data(contentsOf: URL(filePath: "\(job.folder)/pid"))
    return try JSONDecoder().decode(Process.self, from: data).pid
  }

  /// The values of a bundle, without its names and times.
  func values(_ name: String) throws -> [UInt8] {
    let bytes = try bytes(name)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    try #require(length > 0 && length + 8 < bytes.count)
    return Array(bytes[(8 + length)...])
  }

  /// The state folder is this test's own, so whatever works there ends with the test.
  func stopJobs() {
    for job in (try? jobs()) ?? [] where job.state == "queued" || job.state == "running" {
      _ = try? cka("jobs", "remove", "--force", job.id)
    }
  }
}

/// The same numbers every time, between −1 and 1.
private struct SteadyNoise {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}
