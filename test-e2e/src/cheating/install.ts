import { installTestBuild } from './test-build';

installTestBuild();
