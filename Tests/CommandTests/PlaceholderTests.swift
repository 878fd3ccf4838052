import Testing
@testable import cka
