export { Storefront, type StorefrontOptions } from './storefront';
