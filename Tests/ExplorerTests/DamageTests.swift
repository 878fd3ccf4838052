import Core
import Synchronization
import Testing

@testable import Explorer

/// A file that loses its end while it is on the screen.
@Suite struct DamageTests {
  @Test("a picture whose file was cut short says so, beside every other warning")
  func marked() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 8, alignment: 16)
    memory.bindMemory(to: Double.self).update(repeating: 0.5)
    let isCut = Cut()
    let region = ByteRegion(
      owning: UnsafeRawBufferPointer(memory),
      mapping: ByteRegion.Mapping(hasLostBytes: { isCut.value.load(ordering: .relaxed) })
    ) { $0.deallocate() }
    var comparison = Sample.layers(4, 4) { _, _ in 0 }
    comparison.matrix = try #require(
      Matrix(rows: 4, columns: 4, type: .float64, region: region))
    var scene = Scene([comparison], 100, 24)
    #expect(!scene.screen.contains("cut short"))
    isCut.value.store(true, ordering: .relaxed)
    scene.press("j")
    #expect(scene.screen.contains("file cut short: values are missing"))
  }

  private final class Cut: Sendable {
    let value = Atomic<Bool>(false)
  }
}
